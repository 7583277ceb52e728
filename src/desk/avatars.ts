/** The account's picture at its network. Supplied by the part that reads profiles. */
export abstract class Avatars {
  /** Its address here; null where none is known. */
  abstract of(accountId: string): Promise<string | null>;
}
