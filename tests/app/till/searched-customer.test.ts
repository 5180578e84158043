import { describe, expect, test } from 'vitest';
import { profileFromSearch } from '../../../app/lib/till/searched-customer.ts';

describe('a customer nobody found begins with what was looked for', () => {
  test.each([
    ['  Joan Builder ', { name: 'Joan Builder' }],
    ['O’Neill 2nd', { name: 'O’Neill 2nd' }],
    ['joan@example.com', { email: 'joan@example.com' }],
    ['+44 113 496 0000', { phone: '+44 113 496 0000' }],
    ['(0113) 496-0000', { phone: '(0113) 496-0000' }],
    ['1234', { name: '1234' }],
    ['   ', {}],
  ])('"%s"', (typed, profile) => {
    expect(profileFromSearch(typed)).toEqual(profile);
  });
});
