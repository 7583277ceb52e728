const MINUTE_MS = 60_000;

/** "3 days and 2 hours left", "1 hour and 5 minutes left"; null when the instant has passed. */
export function leftUntil(at: Date, now: Date): string | null {
  const minutes = Math.ceil((at.getTime() - now.getTime()) / MINUTE_MS);
  if (minutes <= 0) return null;
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  const named =
    days > 0 ? [counted(days, 'day'), counted(hours, 'hour')] : [counted(hours, 'hour'), counted(rest, 'minute')];
  return `${named.filter((each) => each !== null).join(' and ')} left`;
}

function counted(count: number, what: string): string | null {
  if (count === 0) return null;
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
