import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EndedHow, StintState } from './stint.js';

/** One person's turn in a slot and a seat. Its dates are the slot's until a handover is run early or late. */
@Entity('stints')
export class Stint {
  @PrimaryColumn({ type: 'uuid', default: () => 'gen_random_uuid()' }) id: string;
  @Column({ type: 'uuid', name: 'account_id' }) accountId: string;
  @Column({ type: 'uuid', name: 'slot_id' }) slotId: string;
  @Column({ type: 'smallint' }) seat: number;
  @Column({ type: 'uuid', name: 'person_id' }) personId: string;
  /** Null for a turn from before Baton, which has an import instead. */
  @Column({ type: 'uuid', name: 'application_id', nullable: true }) applicationId: string | null;
  @Column({ type: 'uuid', name: 'import_id', nullable: true }) importId: string | null;
  @Column({ type: 'text' }) state: StintState;
  @Column({ type: 'text', name: 'ended_how', nullable: true }) endedHow: EndedHow | null;
  /** Raised by every change of dates; letters' keys end with it. */
  @Column({ type: 'integer' }) revision: number;
  @Column({ type: 'timestamptz', name: 'starts_at' }) startsAt: Date;
  @Column({ type: 'timestamptz', name: 'ends_at' }) endsAt: Date;
  @Column({ type: 'uuid', name: 'proposed_by' }) proposedBy: string;
  @Column({ type: 'timestamptz', name: 'proposed_at' }) proposedAt: Date;
  @Column({ type: 'uuid', name: 'approved_by', nullable: true }) approvedBy: string | null;
  @Column({ type: 'timestamptz', name: 'approved_at', nullable: true }) approvedAt: Date | null;
  @Column({ type: 'timestamptz', name: 'offered_at', nullable: true }) offeredAt: Date | null;
  @Column({ type: 'timestamptz', name: 'answered_at', nullable: true }) answeredAt: Date | null;
  @Column({ type: 'timestamptz', name: 'confirmed_at', nullable: true }) confirmedAt: Date | null;
  /** The version of the agreement that was accepted. */
  @Column({ type: 'uuid', name: 'agreement_id', nullable: true }) agreementId: string | null;
  /** Why it was returned, declined or cancelled. */
  @Column({ type: 'text', nullable: true }) reason: string | null;
}
