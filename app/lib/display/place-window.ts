/** Where the customer's window came up: on another screen, on this one for a person to move, or not at all. */
export type Placed = 'other-screen' | 'this-screen' | 'blocked';

type ScreenPlace = {
  readonly availLeft: number;
  readonly availTop: number;
  readonly availWidth: number;
  readonly availHeight: number;
};
type ScreenDetails = { readonly screens: readonly ScreenPlace[]; readonly currentScreen: ScreenPlace };

/** The part of a browser window that places windows; `getScreenDetails` is the Window Management API where it is there. */
export type WindowMaker = {
  readonly getScreenDetails?: () => Promise<ScreenDetails>;
  open(url: string, name: string, features: string): object | null;
};

const ADDRESS = '/display';
const NAME = 'tillmesh-customer-display';

/** Opens the customer's window, on another screen where the browser may place it there. A second call moves to the same window. */
export async function openCustomerWindow(maker: WindowMaker): Promise<Placed> {
  const other = await otherScreen(maker);
  const features = other
    ? `popup,left=${other.availLeft},top=${other.availTop},width=${other.availWidth},height=${other.availHeight}`
    : 'popup,width=1024,height=768';
  if (!maker.open(ADDRESS, NAME, features)) return 'blocked';
  return other ? 'other-screen' : 'this-screen';
}

async function otherScreen(maker: WindowMaker): Promise<ScreenPlace | undefined> {
  try {
    const details = await maker.getScreenDetails?.();
    return details?.screens.find((screen) => screen !== details.currentScreen);
  } catch {
    // The person, or the shop's policy, said no: the window is moved by hand.
    return undefined;
  }
}
