/** Members that are made before the tests of a file or before each of them, after the file itself was read. */
export function filledLater<Members extends object>(): {
  readonly members: Members;
  readonly fill: (made: Members) => void;
} {
  let made: Members | undefined;
  const members = new Proxy({} as Members, {
    get: (_nothing, name) => {
      if (made === undefined) throw new Error(`${String(name)} is there in the tests, not before`);
      return Reflect.get(made, name) as unknown;
    },
  });
  return {
    members,
    fill: (now) => {
      made = now;
    },
  };
}
