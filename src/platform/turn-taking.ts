/** Work of this process that is done once at a time for each key; what is wanted meanwhile is done once more after it. */
export class TurnTaking {
  private readonly wantedAgain = new Map<string, boolean>();

  has(key: string): boolean {
    return this.wantedAgain.has(key);
  }

  /** Answers when the work is done, and done again if it was wanted meanwhile; at once where it is at work already. */
  async take(key: string, work: () => Promise<void>): Promise<void> {
    if (this.has(key)) {
      this.wantedAgain.set(key, true);
      return;
    }
    try {
      do {
        this.wantedAgain.set(key, false);
        await work();
      } while (this.wantedAgain.get(key));
    } finally {
      this.wantedAgain.delete(key);
    }
  }
}
