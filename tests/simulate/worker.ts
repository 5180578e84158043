import { shrink } from './shrink.ts';
import { simulate } from './simulation.ts';
import { drawPlan, type Plan } from './steps.ts';
import type { Answer, Question } from './workers.ts';

/** What is the same about two failures: what was said, without names and numbers. */
function kindOf(fault: string): string {
  return fault.replaceAll(/[A-Za-z0-9]*\d[A-Za-z0-9-]*/g, '#');
}

/** Takes out every step that the plan fails without in the same way. */
async function shrunk(plan: Plan, faults: readonly string[]): Promise<Plan> {
  const wanted = kindOf(faults[0] ?? '');
  const steps = await shrink(plan.steps, async (some) => {
    const outcome = await simulate({ ...plan, steps: [...some] });
    return outcome.faults.some((fault) => kindOf(fault) === wanted);
  });
  return { ...plan, steps: [...steps] };
}

async function answer(question: Question): Promise<Answer> {
  const plan = 'plan' in question ? question.plan : drawPlan(question.seed, question.tills, question.steps);
  const before = process.cpuUsage();
  const { faults, counts } = await simulate(plan);
  const { user, system } = process.cpuUsage(before);
  const found = { faults, counts: [...counts], processor: (user + system) / 1_000 };
  return faults.length === 0 || 'plan' in question ? found : { ...found, shrunk: await shrunk(plan, faults) };
}

process.on('message', (question: Question) => {
  // A failure of the simulation itself ends this process, and the one that asked hears of it.
  answer(question).then(
    (found) => process.send?.(found),
    (cause: unknown) => {
      console.error(cause);
      process.exit(1);
    },
  );
});
