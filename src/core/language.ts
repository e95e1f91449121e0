/** The languages that people are told things in. */
export type Language = "en" | "ko";
export type Text = Readonly<Record<Language, string>>;
