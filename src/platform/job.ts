import { SetMetadata } from '@nestjs/common';

/** Metadata key of @Job. */
export const JOB = 'baton:job';

/**
 * Marks the one method that answers a doorbell. It gets the id that was rung, looks at the rows, and does what is due;
 * it must be harmless to ring too often.
 */
export const Job = (name: `${string}.${string}`) => SetMetadata(JOB, name);

/** Metadata key of @CanWait. */
export const CAN_WAIT = 'baton:can-wait';

/** Marks a job that is answered only when no other is waiting: nobody is without access or news because of it. */
export const CanWait = () => SetMetadata(CAN_WAIT, true);

/** Metadata key of @AtOnce. */
export const AT_ONCE_HERE = 'baton:at-once';

/** Marks a job for which somebody waits: a process that does everything answers its own doorbell without the queue. */
export const AtOnce = () => SetMetadata(AT_ONCE_HERE, true);
