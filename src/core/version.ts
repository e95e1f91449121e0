/** The version of Osolgil: part of what decides the bits of a run. A test holds it to package.json. */
export const version = "0.1.0";
