// biome-ignore lint/suspicious/noEmptyInterface: filled by the part's own letters
export interface RotaLetters {}

export const rotaLetters = {};
