/** A small file system in memory with littlefs' habits: what a handle writes becomes visible when it is closed. */

export interface FileSystem {
  readonly mount: string;
  kind(path: string): 'file' | 'directory' | 'none';
  /** Contents as of the last close; undefined when there is no such file. */
  read(path: string): Uint8Array | undefined;
  /** Makes an empty file where there is none. False when its directory does not exist. */
  create(path: string): boolean;
  /** Replaces the contents, as closing a handle does. False when the file system is full. */
  commit(path: string, contents: Uint8Array): boolean;
}

/** All files together: the partition of Zephyr's sample. */
const capacity = 256 * 1024;

/** `files` outlives resets and belongs to the device. Directories other than the mount point cannot be made over SMP. */
export function createFileSystem(mount: string, files: Map<string, Uint8Array>): FileSystem {
  const inMount = (path: string): boolean => path.startsWith(`${mount}/`) && !path.slice(mount.length + 1).includes('/');
  return {
    mount,
    kind: (path) => (path === mount ? 'directory' : files.has(path) ? 'file' : 'none'),
    read: (path) => files.get(path),
    create: (path) => {
      if (!inMount(path)) return false;
      if (!files.has(path)) files.set(path, new Uint8Array());
      return true;
    },
    commit: (path, contents) => {
      const others = [...files].reduce((total, [name, bytes]) => (name === path ? total : total + bytes.length), 0);
      if (others + contents.length > capacity) return false;
      files.set(path, contents);
      return true;
    },
  };
}
