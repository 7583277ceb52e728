/** X's ids count milliseconds from here: https://docs.x.com/fundamentals/x-ids */
const EPOCH = 1288834974657n;
const SEQUENCES = 4096n;

/** The id of something that happened at this instant; `sequence` tells apart what happened in one millisecond. */
export function snowflake(instant: Date, sequence: number): string {
  return String(((BigInt(instant.getTime()) - EPOCH) << 22n) + (BigInt(sequence) % SEQUENCES));
}

export function instantOfSnowflake(id: string): Date {
  return new Date(Number((BigInt(id) >> 22n) + EPOCH));
}

/** For sorting by id, newest first. Ids are longer than what a number can hold. */
export function newestFirst(a: { id: string }, b: { id: string }): number {
  const [left, right] = [BigInt(a.id), BigInt(b.id)];
  return left === right ? 0 : left < right ? 1 : -1;
}
