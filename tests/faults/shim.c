/* What a program does to the files below one folder, call by call: traced, and failing where asked to.

   LD_PRELOAD; FAULTS_ROOT is the folder, FAULTS_TRACE the file that each change is appended to once it was
   made, FAULTS_AT and FAULTS_ERRNO make the n-th change fail with that errno. A process that is running
   already arms itself: faults_arm(n, errno), and asks faults_seen() how many changes it tried.

   A record: struct head, then path, second path, data. tests/faults/trace.py reads it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

struct head {
    uint32_t op, mode, path_bytes, second_bytes;
    uint64_t inode, offset, data_bytes;
};
enum { CREATE = 1, WRITE, TRUNCATE, SYNC, RENAME, UNLINK, MKDIR, RMDIR, LINK, MODE, UNSEEN };

#define NEXT(name) ((__typeof__(&name))next(#name))

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char root[PATH_MAX];
static size_t root_bytes;
static int trace = -1;
static long fails_at = 0, seen = 0;
static int fails_with = 0;

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

void faults_arm(long at, int with) { fails_at = at, fails_with = with, seen = 0; }
long faults_seen(void) { return seen; }

__attribute__((constructor)) static void begin(void)
{
    const char *folder = getenv("FAULTS_ROOT"), *path = getenv("FAULTS_TRACE");
    if (folder && strlen(folder) < sizeof root) root_bytes = strlen(strcpy(root, folder));
    if (path) trace = NEXT(open)(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (getenv("FAULTS_AT")) faults_arm(atol(getenv("FAULTS_AT")), atoi(getenv("FAULTS_ERRNO")));
}

static int below(const char *path)
{
    return root_bytes && !strncmp(path, root, root_bytes) && (path[root_bytes] == '/' || !path[root_bytes]);
}

/* The path of a descriptor; 0 for one that is none of ours. */
static int path_of(int fd, char *path)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t bytes = root_bytes ? readlink(link, path, PATH_MAX - 1) : -1;
    if (bytes < 0) return 0;
    path[bytes] = 0;
    return below(path);
}

/* The whole path of a name in a folder; 0 for one that is none of ours. */
static int whole(int folder, const char *name, char *path)
{
    char start[PATH_MAX] = "";
    if (!root_bytes || !name) return 0;
    if (name[0] == '/') return snprintf(path, PATH_MAX, "%s", name) < PATH_MAX && below(path);
    if (folder == AT_FDCWD ? !getcwd(start, sizeof start) : !path_of(folder, start)) return 0;
    return snprintf(path, PATH_MAX, "%s/%s", start, name) < PATH_MAX && below(path);
}

/* The index of a write-ahead log: made anew by whoever opens the database after a crash. */
static int is_index(const char *path) { return strstr(path, "-shm") != NULL; }

static uint64_t inode_at(const char *path)
{
    struct stat found;
    return lstat(path, &found) ? 0 : found.st_ino;
}

static int fails(void)
{
    int now = __sync_add_and_fetch(&seen, 1) == fails_at;
    if (now) errno = fails_with;
    return now;
}

static void tell(uint32_t op, uint32_t mode, uint64_t inode, uint64_t offset, const char *path,
                 const char *second, const void *data, uint64_t data_bytes)
{
    if (trace < 0 || is_index(path)) return;
    struct head head = {op, mode, strlen(path), strlen(second), inode, offset, data ? data_bytes : 0};
    struct iovec parts[] = {{&head, sizeof head}, {(char *)path, head.path_bytes},
                            {(char *)second, head.second_bytes}, {(void *)data, head.data_bytes}};
    int kept = errno;
    size_t want = sizeof head + head.path_bytes + head.second_bytes + head.data_bytes;
    if (NEXT(writev)(trace, parts, data ? 4 : 3) != (ssize_t)want) abort(); /* a trace with a hole proves nothing */
    errno = kept;
}

/* --- names ---------------------------------------------------------------------------------- */

static int opened(int folder, const char *name, int flags, mode_t mode)
{
    char path[PATH_MAX];
    int writes = (flags & (O_ACCMODE | O_CREAT | O_TRUNC)) != 0;
    if (!writes || !whole(folder, name, path)) return NEXT(openat)(folder, name, flags, mode);
    if (fails()) return -1;
    pthread_mutex_lock(&lock);
    struct stat before, after;
    int there = !stat(path, &before);
    int fd = NEXT(openat)(folder, name, flags, mode);
    if (fd >= 0 && !fstat(fd, &after)) {
        if (!there) tell(CREATE, after.st_mode & 07777, after.st_ino, 0, path, "", NULL, 0);
        else if (flags & O_TRUNC) tell(TRUNCATE, 0, after.st_ino, 0, path, "", NULL, 0);
    }
    pthread_mutex_unlock(&lock);
    return fd;
}

#define MODE_OF(flags, mode)                                                                                  \
    mode_t mode = 0;                                                                                          \
    if ((flags) & (O_CREAT | __O_TMPFILE)) {                                                                  \
        va_list rest;                                                                                         \
        va_start(rest, flags);                                                                                \
        mode = va_arg(rest, mode_t);                                                                          \
        va_end(rest);                                                                                         \
    }

int open(const char *name, int flags, ...) { MODE_OF(flags, mode) return opened(AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE_OF(flags, mode) return opened(AT_FDCWD, name, flags, mode); }
int openat(int folder, const char *name, int flags, ...) { MODE_OF(flags, mode) return opened(folder, name, flags, mode); }
int openat64(int folder, const char *name, int flags, ...) { MODE_OF(flags, mode) return opened(folder, name, flags, mode); }
int __open_2(const char *name, int flags) { return opened(AT_FDCWD, name, flags, 0); }
int __open64_2(const char *name, int flags) { return opened(AT_FDCWD, name, flags, 0); }
int __openat_2(int folder, const char *name, int flags) { return opened(folder, name, flags, 0); }
int __openat64_2(int folder, const char *name, int flags) { return opened(folder, name, flags, 0); }
int creat(const char *name, mode_t mode) { return opened(AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *name, mode_t mode) { return opened(AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode); }

/* A change of names: made, and told when it went well. Two paths that are ours, or one. */
#define NAMING(op, ours, call, mode, inode, path, second)                                                     \
    if (!(ours)) return call;                                                                                 \
    if (fails()) return -1;                                                                                   \
    pthread_mutex_lock(&lock);                                                                                \
    int done = call;                                                                                          \
    if (!done) tell(op, mode, inode, 0, path, second, NULL, 0);                                               \
    pthread_mutex_unlock(&lock);                                                                              \
    return done;

int renameat2(int from, const char *name, int to, const char *other, unsigned flags)
{
    char path[PATH_MAX], second[PATH_MAX];
    int ours = whole(from, name, path) & whole(to, other, second);
    NAMING(RENAME, ours, NEXT(renameat2)(from, name, to, other, flags), 0, inode_at(second), path, second)
}
int renameat(int from, const char *name, int to, const char *other) { return renameat2(from, name, to, other, 0); }
int rename(const char *name, const char *other) { return renameat2(AT_FDCWD, name, AT_FDCWD, other, 0); }

int unlinkat(int folder, const char *name, int flags)
{
    char path[PATH_MAX];
    int op = flags & AT_REMOVEDIR ? RMDIR : UNLINK;
    NAMING(op, whole(folder, name, path), NEXT(unlinkat)(folder, name, flags), 0, 0, path, "")
}
int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }
int rmdir(const char *name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }
int remove(const char *name)
{
    int done = unlinkat(AT_FDCWD, name, 0);
    return done && errno == EISDIR ? unlinkat(AT_FDCWD, name, AT_REMOVEDIR) : done;
}

int mkdirat(int folder, const char *name, mode_t mode)
{
    char path[PATH_MAX];
    struct stat made = {0};
    NAMING(MKDIR, whole(folder, name, path), NEXT(mkdirat)(folder, name, mode),
           (lstat(path, &made), made.st_mode & 07777), inode_at(path), path, "")
}
int mkdir(const char *name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }

int linkat(int from, const char *name, int to, const char *other, int flags)
{
    char path[PATH_MAX], second[PATH_MAX];
    int ours = whole(from, name, path) & whole(to, other, second);
    NAMING(LINK, ours, NEXT(linkat)(from, name, to, other, flags), 0, inode_at(second), path, second)
}
int link(const char *name, const char *other) { return linkat(AT_FDCWD, name, AT_FDCWD, other, 0); }

int symlinkat(const char *target, int folder, const char *name)
{
    char path[PATH_MAX];
    NAMING(UNSEEN, whole(folder, name, path), NEXT(symlinkat)(target, folder, name), 0, 0, path, "")
}
int symlink(const char *target, const char *name) { return symlinkat(target, AT_FDCWD, name); }

int fchmodat(int folder, const char *name, mode_t mode, int flags)
{
    char path[PATH_MAX];
    NAMING(MODE, whole(folder, name, path), NEXT(fchmodat)(folder, name, mode, flags), mode, inode_at(path), path, "")
}
int chmod(const char *name, mode_t mode) { return fchmodat(AT_FDCWD, name, mode, 0); }
int fchmod(int fd, mode_t mode)
{
    char path[PATH_MAX];
    NAMING(MODE, path_of(fd, path), NEXT(fchmod)(fd, mode), mode, inode_at(path), path, "")
}

/* --- content -------------------------------------------------------------------------------- */

static uint64_t inode_of(int fd)
{
    struct stat found;
    return fstat(fd, &found) ? 0 : found.st_ino;
}

static ssize_t wrote(int fd, const void *data, size_t bytes, off64_t offset, int placed)
{
    char path[PATH_MAX];
    if (!path_of(fd, path)) return placed ? NEXT(pwrite64)(fd, data, bytes, offset) : NEXT(write)(fd, data, bytes);
    if (fails()) return -1;
    pthread_mutex_lock(&lock);
    ssize_t done = placed ? NEXT(pwrite64)(fd, data, bytes, offset) : NEXT(write)(fd, data, bytes);
    if (done > 0) {
        uint64_t place = placed ? offset : lseek64(fd, 0, SEEK_CUR) - done;
        tell(WRITE, 0, inode_of(fd), place, path, "", data, done);
    }
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t write(int fd, const void *data, size_t bytes) { return wrote(fd, data, bytes, 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t bytes, off_t offset) { return wrote(fd, data, bytes, offset, 1); }
ssize_t pwrite64(int fd, const void *data, size_t bytes, off64_t offset) { return wrote(fd, data, bytes, offset, 1); }

/* Several pieces become several writes: for a disk they are. */
static ssize_t wrote_pieces(int fd, const struct iovec *pieces, int count, off64_t offset, int placed)
{
    ssize_t all = 0;
    for (int n = 0; n < count; n++) {
        ssize_t done = wrote(fd, pieces[n].iov_base, pieces[n].iov_len, offset + all, placed);
        if (done < 0) return all ? all : done;
        all += done;
        if ((size_t)done < pieces[n].iov_len) break;
    }
    return all;
}
ssize_t writev(int fd, const struct iovec *pieces, int count)
{
    char path[PATH_MAX];
    return path_of(fd, path) ? wrote_pieces(fd, pieces, count, 0, 0) : NEXT(writev)(fd, pieces, count);
}
ssize_t pwritev(int fd, const struct iovec *pieces, int count, off_t offset)
{
    return wrote_pieces(fd, pieces, count, offset, 1);
}
ssize_t pwritev64(int fd, const struct iovec *pieces, int count, off64_t offset)
{
    return wrote_pieces(fd, pieces, count, offset, 1);
}

/* Copies inside the kernel would be unseen; whoever asks is told to write by itself, as on other systems. */
ssize_t copy_file_range(int from, off64_t *at, int to, off64_t *place, size_t bytes, unsigned flags)
{
    char path[PATH_MAX];
    if (path_of(to, path)) return errno = EXDEV, -1;
    return NEXT(copy_file_range)(from, at, to, place, bytes, flags);
}
ssize_t sendfile64(int to, int from, off64_t *at, size_t bytes)
{
    static ssize_t (*real)(int, int, off64_t *, size_t);
    char path[PATH_MAX];
    if (path_of(to, path)) return errno = ENOTSOCK, -1;
    if (!real) *(void **)&real = next("sendfile64");
    return real(to, from, at, bytes);
}
ssize_t sendfile(int to, int from, off_t *at, size_t bytes) { return sendfile64(to, from, at, bytes); }

#define HOLDING(op, call, inode, offset)                                                                      \
    char path[PATH_MAX];                                                                                      \
    if (!path_of(fd, path)) return call;                                                                      \
    if (fails()) return -1;                                                                                   \
    pthread_mutex_lock(&lock);                                                                                \
    int done = call;                                                                                          \
    if (!done) tell(op, 0, inode, offset, path, "", NULL, 0);                                                 \
    pthread_mutex_unlock(&lock);                                                                              \
    return done;

int ftruncate(int fd, off_t size) { HOLDING(TRUNCATE, NEXT(ftruncate)(fd, size), inode_of(fd), size) }
int ftruncate64(int fd, off64_t size) { HOLDING(TRUNCATE, NEXT(ftruncate64)(fd, size), inode_of(fd), size) }
int fsync(int fd) { HOLDING(SYNC, NEXT(fsync)(fd), inode_of(fd), 0) }
int fdatasync(int fd) { HOLDING(SYNC, NEXT(fdatasync)(fd), inode_of(fd), 0) }
int fallocate(int fd, int mode, off_t offset, off_t bytes)
{
    HOLDING(UNSEEN, NEXT(fallocate)(fd, mode, offset, bytes), inode_of(fd), 0)
}
int fallocate64(int fd, int mode, off64_t offset, off64_t bytes)
{
    HOLDING(UNSEEN, NEXT(fallocate64)(fd, mode, offset, bytes), inode_of(fd), 0)
}

int truncate(const char *name, off_t size)
{
    char path[PATH_MAX];
    NAMING(UNSEEN, whole(AT_FDCWD, name, path), NEXT(truncate)(name, size), 0, 0, path, "")
}

void *mmap64(void *where, size_t bytes, int rights, int flags, int fd, off64_t offset)
{
    char path[PATH_MAX];
    int shared = (flags & MAP_SHARED) && (rights & PROT_WRITE);
    if (fd >= 0 && shared && path_of(fd, path)) tell(UNSEEN, 0, inode_of(fd), 0, path, "", NULL, 0);
    return NEXT(mmap64)(where, bytes, rights, flags, fd, offset);
}
void *mmap(void *where, size_t bytes, int rights, int flags, int fd, off_t offset)
{
    return mmap64(where, bytes, rights, flags, fd, offset);
}
