import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Someone known by a verified e-mail address, or by name from an imported rota. Erasing one leaves the shell that the rota's rows point at. */
@Entity('persons')
export class Person {
  @PrimaryColumn({ type: 'uuid', default: () => 'gen_random_uuid()' }) id: string;
  @Column({ type: 'text', nullable: true }) email: string | null;
  /** The address as it is compared: see `emailKey`. */
  @Column({ type: 'text', name: 'email_key', nullable: true }) emailKey: string | null;
  @Column({ type: 'text' }) name: string;
  /** How the public sees them, e.g. a first name; never used to decide who wrote what. */
  @Column({ type: 'text', name: 'shown_name' }) shownName: string;
  /** Their own handle on the network, without the @. */
  @Column({ type: 'text', nullable: true }) handle: string | null;
  /** The import that made them known by their name alone; such a person has no address. */
  @Column({ type: 'uuid', name: 'import_id', nullable: true }) importId: string | null;
  @Column({ type: 'timestamptz', name: 'created_at' }) createdAt: Date;
  @Column({ type: 'timestamptz', name: 'erased_at', nullable: true }) erasedAt: Date | null;
}
