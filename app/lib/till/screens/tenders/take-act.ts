/** What takes the payment of the chosen tender: the screen shows it where its primary act stands. */
export type TakeAct = {
  /** What it does, with the amount. */
  readonly label: string;
  /** Whether the amount, and what else the tender asks for, is there. */
  readonly ready: boolean;
  readonly run: () => void;
};
