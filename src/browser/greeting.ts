/** What a new worker is sent, and sends back once its code has loaded: only then does it take work. */
export const greeting = "osolgil: are you there?";
