// biome-ignore lint/suspicious/noEmptyInterface: filled by the part's own letters
export interface ApplicationLetters {}

export const applicationLetters = {};
