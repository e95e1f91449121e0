/** The languages that people are told things in. */
export type Language = "en" | "ko";
/** A text in each of them. */
export type Text = Readonly<Record<Language, string>>;
