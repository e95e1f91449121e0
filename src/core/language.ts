/** The languages that people are told things in. */
export type Language = "en" | "ko";
/** A text in each of them. */
export type Text = Readonly<Record<Language, string>>;

/** Texts by name, in one language. */
export const wordsIn = <K extends string>(texts: Readonly<Record<K, Text>>, language: Language): Readonly<Record<K, string>> =>
  Object.fromEntries(Object.entries<Text>(texts).map(([key, text]) => [key, text[language]])) as Record<K, string>;
