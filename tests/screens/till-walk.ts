import type { Walk } from './screen.ts';
import { customerWalk, journalWalk, payWalk, refundWalk, unknownCodeWalk, valueWalk } from './till/paying.ts';
import { closeWalk, drawerWalk, drawersWalk, menuWalk, trainingWalk, warningWalk } from './till/register.ts';
import { articleWalk, byHandWalk, sellWalk, signInWalk, weighWalk } from './till/selling.ts';
import type { TillTour } from './till/tour.ts';
import { excludedWalk, troubleWalk } from './till/trouble.ts';

/** Every screen of a till, through one session from its first sign-in to the day its device is excluded. */
export async function* tillWalk(tour: TillTour): Walk {
  yield* signInWalk(tour);
  yield* sellWalk(tour);
  yield* weighWalk(tour);
  yield* articleWalk(tour);
  yield* byHandWalk(tour);
  yield* payWalk(tour);
  yield* unknownCodeWalk(tour);
  yield* customerWalk(tour);
  yield* valueWalk(tour);
  yield* refundWalk(tour);
  yield* journalWalk(tour);
  yield* drawerWalk(tour);
  yield* menuWalk(tour);
  yield* trainingWalk(tour);
  yield* warningWalk(tour);
  yield* troubleWalk(tour);
  yield* closeWalk(tour);
  yield* drawersWalk(tour);
  yield* excludedWalk(tour);
}
