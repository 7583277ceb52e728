/** The server's command-line settings: small memory, quick start, nothing but 127.0.0.1, and no personal data in its log.
 *  `cluster_name` carries the process id of the Baton that owns the server, which tells an orphan from a live one. */
export function postgresSettings({
  port,
  durable,
  owner,
  more = {},
}: {
  port: number;
  durable: boolean;
  owner: number;
  more?: Record<string, string>;
}): string[] {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    cluster_name: `baton-${owner}`,
    max_connections: 200,
    shared_buffers: '64MB',
    min_wal_size: '32MB',
    max_wal_size: '256MB',
    max_worker_processes: 4,
    max_logical_replication_workers: 0,
    io_method: 'sync',
    jit: 'off',
    huge_pages: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    fsync: durable ? 'on' : 'off',
    synchronous_commit: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
    ...more,
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** The owner's process id from a server's command line, or undefined when this is not a server for that data folder. */
export function ownerIn(command: string, data: string): number | undefined {
  if (!command.includes(`-D ${data} `)) return undefined;
  return Number(/cluster_name=baton-(\d+)/.exec(command)?.[1] ?? Number.NaN);
}
