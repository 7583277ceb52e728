import { Column, Entity, PrimaryColumn } from 'typeorm';

export type Channel = 'letter' | 'post' | 'webhook';
/** `held`: waits for a person; `unknown`: may have happened; `withdrawn`: will never happen. */
export type MessageState = 'waiting' | 'sending' | 'sent' | 'refused' | 'unknown' | 'held' | 'withdrawn';
/** What a message is about; a change of the cause reaches its messages in the same transaction. */
export interface Cause {
  kind: 'application' | 'stint' | 'handover' | 'person' | 'account' | 'alert';
  id: string;
}

/** A row of the outbox: a letter (e-mail), a public post, or an alert to a webhook. */
@Entity('messages')
export class Message {
  @PrimaryColumn({ type: 'uuid', default: () => 'gen_random_uuid()' }) id: string;
  /** Unique: queueing the same key again is ignored. A letter's key ends with its cause's revision. */
  @Column({ type: 'text' }) key: string;
  @Column({ type: 'uuid', name: 'account_id', nullable: true }) accountId: string | null;
  @Column({ type: 'text' }) channel: Channel;
  @Column({ type: 'text' }) template: string;
  @Column({ type: 'jsonb' }) data: Record<string, unknown>;
  /** E-mail address of a letter, else null. */
  @Column({ type: 'text', nullable: true }) address: string | null;
  /** Why we may write to this address, e.g. `applied`. */
  @Column({ type: 'text', nullable: true }) evidence: string | null;
  @Column({ type: 'text', name: 'cause_kind' }) causeKind: Cause['kind'];
  @Column({ type: 'uuid', name: 'cause_id' }) causeId: string;
  /** For a post: the stint it speaks for; null is the house. */
  @Column({ type: 'uuid', name: 'stint_id', nullable: true }) stintId: string | null;
  @Column({ type: 'uuid', name: 'author_id', nullable: true }) authorId: string | null;
  /** The thread that a post is a part of: the id of its first part. */
  @Column({ type: 'uuid', name: 'thread_id', nullable: true }) threadId: string | null;
  /** Which part of its thread it is, from 1. A later one waits without a next look until all before it are settled. */
  @Column({ type: 'smallint', nullable: true }) part: number | null;
  /** The network's id of the post that this one answers; of a part it is known when its turn comes. */
  @Column({ type: 'text', name: 'reply_to', nullable: true }) replyTo: string | null;
  @Column({ type: 'timestamptz', name: 'due_at' }) dueAt: Date;
  /** From then on it is no longer true, so a message that has not left is withdrawn. */
  @Column({ type: 'timestamptz', name: 'expires_at', nullable: true }) expiresAt: Date | null;
  @Column({ type: 'text' }) state: MessageState;
  @Column({ type: 'integer' }) attempts: number;
  /** When to look at it again (service time). Null: a person moves it on, or the part before it. */
  @Column({ type: 'timestamptz', name: 'next_attempt_at', nullable: true }) nextAttemptAt: Date | null;
  /** How often it was sent without an answer and sent again: for a letter or a webhook, copies that may have arrived. */
  @Column({ type: 'integer', name: 'possible_copies' }) possibleCopies: number;
  /** When the first call outside that has no answer was begun (service time). */
  @Column({ type: 'timestamptz', name: 'started_at', nullable: true }) startedAt: Date | null;
  /** Until when a worker owns the row: preparing, sending or looking it up (real time). */
  @Column({ type: 'timestamptz', name: 'lease_until', nullable: true }) leaseUntil: Date | null;
  /** The network's id of a post, or the mail server's answer. */
  @Column({ type: 'text', name: 'provider_ref', nullable: true }) providerRef: string | null;
  @Column({ type: 'text', nullable: true }) detail: string | null;
  @Column({ type: 'timestamptz', name: 'created_at' }) createdAt: Date;
  @Column({ type: 'timestamptz', name: 'settled_at', nullable: true }) settledAt: Date | null;
}

/** A picture of a post. Its network id is saved before the post itself is sent. */
@Entity('message_media')
export class MessageMedia {
  @PrimaryColumn({ type: 'uuid', name: 'message_id' }) messageId: string;
  @PrimaryColumn({ type: 'smallint' }) position: number;
  /** Name in Files. */
  @Column({ type: 'text' }) file: string;
  @Column({ type: 'text' }) type: string;
  @Column({ type: 'text' }) description: string;
  /** Size of the file, and how much of it the network has taken so far. */
  @Column({ type: 'integer' }) bytes: number;
  @Column({ type: 'integer', name: 'bytes_taken' }) bytesTaken: number;
  @Column({ type: 'text', name: 'network_media_id', nullable: true }) networkMediaId: string | null;
  @Column({ type: 'timestamptz', name: 'network_media_expires_at', nullable: true }) networkMediaExpiresAt: Date | null;
  @Column({ type: 'boolean' }) described: boolean;
}
