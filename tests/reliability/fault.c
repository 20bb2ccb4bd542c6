/* Makes the n-th writing call below a folder fail in a program that preloads this library.
 *
 * FAULT_ROOT   the folder
 * FAULT_AT     the number of the call that fails, from 1; 0 for none
 * FAULT_ERRNO  the error number
 * FAULT_STAYS  1 if every later call fails too, as on a full disk
 * FAULT_LOG    a file outside that folder: gets a line for the failed call, and one with the number of calls at the end
 *
 * Children inherit the library and count separately; those that read files write nothing below the folder.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long calls;

static int below(const char *path) {
    const char *root = getenv("FAULT_ROOT");
    size_t length = root ? strlen(root) : 0;
    return length > 0 && path != NULL && strncmp(path, root, length) == 0 && (path[length] == '/' || path[length] == 0);
}

static void note(const char *words, const char *path, long number) {
    const char *log = getenv("FAULT_LOG");
    static int (*real_open)(const char *, int, ...);
    static ssize_t (*real_write)(int, const void *, size_t);
    if (!real_open) real_open = dlsym(RTLD_NEXT, "open");
    if (!real_write) real_write = dlsym(RTLD_NEXT, "write");
    int to = log ? real_open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    if (to < 0) return;
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%s %ld %s\n", words, number, path);
    if (length > 0) real_write(to, line, (size_t)length);
    close(to);
}

/* Whether this call must fail; sets errno. */
static int fails(const char *call, const char *path) {
    if (!below(path)) return 0;
    long number = atomic_fetch_add(&calls, 1) + 1;
    const char *at = getenv("FAULT_AT"), *stays = getenv("FAULT_STAYS"), *code = getenv("FAULT_ERRNO");
    long wanted = at ? atol(at) : 0;
    if (wanted <= 0) return 0;
    if (number == wanted) {
        char words[64];
        snprintf(words, sizeof words, "failed %s", call);
        note(words, path, number);
    } else if (!(number > wanted && stays && *stays == '1')) {
        return 0;
    }
    errno = code ? atoi(code) : EIO;
    return 1;
}

static int fails_fd(const char *call, int fd) {
    char link[64], path[PATH_MAX];
    if (!getenv("FAULT_ROOT")) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return fails(call, path);
}

/* Resolves a path relative to a folder's descriptor. */
static int fails_at(const char *call, int folder, const char *path) {
    char link[64], whole[PATH_MAX * 2];
    if (path == NULL || path[0] == '/' || folder == AT_FDCWD) return fails(call, path);
    snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t length = readlink(link, whole, PATH_MAX - 1);
    if (length <= 0) return 0;
    snprintf(whole + length, sizeof whole - (size_t)length, "/%s", path);
    return fails(call, whole);
}

__attribute__((destructor)) static void total(void) {
    long number = atomic_load(&calls);
    if (number > 0) note("calls", "-", number);
}

#define REAL(result, name, ...) \
    static result (*real)(__VA_ARGS__); \
    if (!real) real = dlsym(RTLD_NEXT, #name)

#define ON_FD(result, name, parameters, arguments) \
    result name parameters { \
        static result (*real) parameters; \
        if (!real) real = dlsym(RTLD_NEXT, #name); \
        return fails_fd(#name, fd) ? -1 : real arguments; \
    }

ON_FD(ssize_t, write, (int fd, const void *data, size_t length), (fd, data, length))
ON_FD(ssize_t, writev, (int fd, const struct iovec *parts, int count), (fd, parts, count))
ON_FD(ssize_t, pwrite, (int fd, const void *data, size_t length, off_t at), (fd, data, length, at))
ON_FD(ssize_t, pwrite64, (int fd, const void *data, size_t length, off64_t at), (fd, data, length, at))
ON_FD(ssize_t, pwritev, (int fd, const struct iovec *parts, int count, off_t at), (fd, parts, count, at))
ON_FD(ssize_t, pwritev64, (int fd, const struct iovec *parts, int count, off64_t at), (fd, parts, count, at))
ON_FD(int, fsync, (int fd), (fd))
ON_FD(int, fdatasync, (int fd), (fd))
ON_FD(int, ftruncate, (int fd, off_t length), (fd, length))
ON_FD(int, ftruncate64, (int fd, off64_t length), (fd, length))
ON_FD(int, fallocate, (int fd, int mode, off_t from, off_t length), (fd, mode, from, length))

/* Returns its error instead of setting errno. */
int posix_fallocate(int fd, off_t from, off_t length) {
    REAL(int, posix_fallocate, int, off_t, off_t);
    return fails_fd("posix_fallocate", fd) ? errno : real(fd, from, length);
}

ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t length, unsigned flags) {
    REAL(ssize_t, copy_file_range, int, off64_t *, int, off64_t *, size_t, unsigned);
    return fails_fd("copy_file_range", to) ? -1 : real(from, from_at, to, to_at, length, flags);
}

ssize_t sendfile64(int to, int from, off64_t *at, size_t length) {
    REAL(ssize_t, sendfile64, int, int, off64_t *, size_t);
    return fails_fd("sendfile64", to) ? -1 : real(to, from, at, length);
}

int rename(const char *from, const char *to) {
    REAL(int, rename, const char *, const char *);
    return fails("rename", to) ? -1 : real(from, to);
}

int renameat(int from_in, const char *from, int to_in, const char *to) {
    REAL(int, renameat, int, const char *, int, const char *);
    return fails_at("renameat", to_in, to) ? -1 : real(from_in, from, to_in, to);
}

int renameat2(int from_in, const char *from, int to_in, const char *to, unsigned flags) {
    REAL(int, renameat2, int, const char *, int, const char *, unsigned);
    return fails_at("renameat2", to_in, to) ? -1 : real(from_in, from, to_in, to, flags);
}

int link(const char *from, const char *to) {
    REAL(int, link, const char *, const char *);
    return fails("link", to) ? -1 : real(from, to);
}

int linkat(int from_in, const char *from, int to_in, const char *to, int flags) {
    REAL(int, linkat, int, const char *, int, const char *, int);
    return fails_at("linkat", to_in, to) ? -1 : real(from_in, from, to_in, to, flags);
}

int mkdir(const char *path, mode_t mode) {
    REAL(int, mkdir, const char *, mode_t);
    return fails("mkdir", path) ? -1 : real(path, mode);
}

int mkdirat(int in, const char *path, mode_t mode) {
    REAL(int, mkdirat, int, const char *, mode_t);
    return fails_at("mkdirat", in, path) ? -1 : real(in, path, mode);
}

int unlink(const char *path) {
    REAL(int, unlink, const char *);
    return fails("unlink", path) ? -1 : real(path);
}

#define OPENS(name) \
    int name(const char *path, int flags, ...) { \
        static int (*real)(const char *, int, ...); \
        if (!real) real = dlsym(RTLD_NEXT, #name); \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        return (flags & O_CREAT) && fails(#name, path) ? -1 : real(path, flags, mode); \
    }
OPENS(open)
OPENS(open64)

#define OPENS_AT(name) \
    int name(int in, const char *path, int flags, ...) { \
        static int (*real)(int, const char *, int, ...); \
        if (!real) real = dlsym(RTLD_NEXT, #name); \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        return (flags & O_CREAT) && fails_at(#name, in, path) ? -1 : real(in, path, flags, mode); \
    }
OPENS_AT(openat)
OPENS_AT(openat64)
