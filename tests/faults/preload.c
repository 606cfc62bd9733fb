/* Loaded into a command and its git children: counts the calls that change a disk, and has the n-th one go wrong;
   or notes each of them, so that a power cut can be played.

   CRMTEXT_FAULT names a file of numbers: how many calls there were, which one to hit (0: none), how (1 kill, 2 write
   half and kill, 3 fail), with which errno, and then of each call whether it writes (1) or not (2).
   CRMTEXT_NOTES names a folder for notes and copies. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { KILL = 1, TORN = 2, FAIL = 3 };
enum { PAGE = 1 << 16, FIRST = 4 };

static volatile int64_t *page;
static const char *notes;
static int notes_file = -1;
static __thread int inside;

#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static void die(void) {
    kill(0, SIGKILL);
    for (;;) pause();
}

__attribute__((constructor)) static void begin(void) {
    inside = 1;
    const char *fault = getenv("CRMTEXT_FAULT");
    if (fault) {
        int file = open(fault, O_RDWR);
        if (file >= 0) {
            void *mapped = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
            if (mapped != MAP_FAILED) page = mapped;
            close(file);
        }
    }
    notes = getenv("CRMTEXT_NOTES");
    if (notes) {
        char path[4096];
        snprintf(path, sizeof path, "%s/notes", notes);
        notes_file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
        if (notes_file >= 0 && notes_file < 900) {
            int high = fcntl(notes_file, F_DUPFD_CLOEXEC, 900);
            close(notes_file);
            notes_file = high;
        }
    }
    inside = 0;
}

/* What is to happen to this call: 0 nothing, TORN or FAIL for the caller to do. */
static int hit(int writes) {
    if (inside || !page || !page[1]) return 0;
    int64_t number = __sync_add_and_fetch((int64_t *)&page[0], 1);
    if (FIRST + number < PAGE / 8) page[FIRST + number] = writes ? 1 : 2;
    if (number != page[1]) return 0;
    if (page[2] == KILL || (page[2] == TORN && !writes)) die();
    return (int)page[2];
}

#define FAULT(writes, failed) \
    int how = hit(writes); \
    if (how == FAIL) { errno = (int)page[3]; return failed; }

static int is_file(int fd) {
    struct stat about;
    return fd > 2 && fd != notes_file && fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
}

/* ---- notes: one line a call, fields parted by tabs, paths whole ---- */

static void full(int folder, const char *path, char *out, size_t size) {
    char base[2048], link[64];
    if (path[0] == '/') { snprintf(out, size, "%s", path); return; }
    if (folder == AT_FDCWD) {
        if (!getcwd(base, sizeof base)) base[0] = 0;
    } else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        ssize_t length = readlink(link, base, sizeof base - 1);
        base[length < 0 ? 0 : length] = 0;
    }
    snprintf(out, size, "%s/%s", base, path);
}

static void note(const char *line) {
    ssize_t done = write(notes_file, line, strlen(line));
    (void)done;
}

static void note_path(const char *what, int folder, const char *path, int folder2, const char *path2) {
    if (notes_file < 0 || inside) return;
    inside = 1;
    char one[4096], two[4096] = "", line[9000];
    struct stat about;
    full(folder, path, one, sizeof one);
    if (path2) full(folder2, path2, two, sizeof two);
    uint64_t node = lstat(path2 ? two : one, &about) == 0 ? (uint64_t)about.st_ino : 0;
    snprintf(line, sizeof line, "%s\t%llu\t%s\t%s\n", what, (unsigned long long)node, one, two);
    note(line);
    inside = 0;
}

static void note_write(int fd) {
    if (notes_file < 0 || inside || !is_file(fd)) return;
    inside = 1;
    struct stat about;
    char line[64];
    fstat(fd, &about);
    snprintf(line, sizeof line, "write\t%llu\n", (unsigned long long)about.st_ino);
    note(line);
    inside = 0;
}

/* The content that is safe from now on is copied aside; a folder's names are known from the notes before. */
static void note_sync(int fd) {
    if (notes_file < 0 || inside) return;
    inside = 1;
    struct stat about;
    char line[5000], link[64], path[4096];
    static volatile int copies;
    if (fstat(fd, &about) == 0) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t length = readlink(link, path, sizeof path - 1);
        path[length < 0 ? 0 : length] = 0;
        if (S_ISREG(about.st_mode)) {
            char copy[4200], block[65536];
            int number = __sync_add_and_fetch(&copies, 1);
            snprintf(copy, sizeof copy, "%s/%d-%d", notes, (int)getpid(), number);
            int from = open(link, O_RDONLY), to = open(copy, O_WRONLY | O_CREAT | O_TRUNC, 0644);
            ssize_t got;
            while (from >= 0 && to >= 0 && (got = read(from, block, sizeof block)) > 0)
                if (write(to, block, got) != got) abort();
            close(from);
            close(to);
            snprintf(line, sizeof line, "sync\t%llu\t%d-%d\n", (unsigned long long)about.st_ino, (int)getpid(), number);
        } else {
            snprintf(line, sizeof line, "folder\t%llu\t%s\n", (unsigned long long)about.st_ino, path);
        }
        note(line);
    }
    inside = 0;
}

/* ---- the calls ---- */

#define WRITING(name, parameters, whole, half) \
    ssize_t name parameters { \
        REAL(name); \
        if (inside || !is_file(fd)) return real whole; \
        FAULT(1, -1); \
        if (how == TORN) { real half; die(); } \
        ssize_t done = real whole; \
        note_write(fd); \
        return done; \
    }
WRITING(write, (int fd, const void *data, size_t size), (fd, data, size), (fd, data, size / 2))
WRITING(pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at), (fd, data, size / 2, at))
WRITING(pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at), (fd, data, size / 2, at))
WRITING(writev, (int fd, const struct iovec *parts, int count), (fd, parts, count), (fd, parts, count / 2))

#define SIZING(name, type) \
    int name(int fd, type size) { \
        REAL(name); \
        FAULT(0, -1); \
        int done = real(fd, size); \
        note_write(fd); \
        return done; \
    }
SIZING(ftruncate, off_t)
SIZING(ftruncate64, off64_t)

#define SYNCING(name) \
    int name(int fd) { \
        REAL(name); \
        FAULT(0, -1); \
        int done = real(fd); \
        if (done == 0) note_sync(fd); \
        return done; \
    }
SYNCING(fsync)
SYNCING(fdatasync)

#define NAMING(name, parameters, values, ...) \
    int name parameters { \
        REAL(name); \
        FAULT(0, -1); \
        int done = real values; \
        if (done == 0) note_path(__VA_ARGS__); \
        return done; \
    }
NAMING(rename, (const char *old, const char *new), (old, new), "rename", AT_FDCWD, old, AT_FDCWD, new)
NAMING(renameat, (int at, const char *old, int to, const char *new), (at, old, to, new), "rename", at, old, to, new)
NAMING(link, (const char *old, const char *new), (old, new), "link", AT_FDCWD, old, AT_FDCWD, new)
NAMING(linkat, (int at, const char *old, int to, const char *new, int flags), (at, old, to, new, flags),
       "link", at, old, to, new)
NAMING(unlink, (const char *path), (path), "unlink", AT_FDCWD, path, 0, 0)
NAMING(unlinkat, (int at, const char *path, int flags), (at, path, flags), "unlink", at, path, 0, 0)
NAMING(rmdir, (const char *path), (path), "unlink", AT_FDCWD, path, 0, 0)
NAMING(mkdir, (const char *path, mode_t mode), (path, mode), "mkdir", AT_FDCWD, path, 0, 0)
NAMING(mkdirat, (int at, const char *path, mode_t mode), (at, path, mode), "mkdir", at, path, 0, 0)

int chmod(const char *path, mode_t mode) {
    REAL(chmod);
    FAULT(0, -1);
    return real(path, mode);
}

int fchmod(int fd, mode_t mode) {
    REAL(fchmod);
    FAULT(0, -1);
    return real(fd, mode);
}

/* An open that may create or empty a file. */
#define OPENING(name, parameters, at, ...) \
    int name parameters { \
        REAL(name); \
        mode_t mode = 0; \
        if (flags & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); } \
        if (inside || !(flags & (O_CREAT | O_TRUNC))) return real(__VA_ARGS__, flags, mode); \
        FAULT(0, -1); \
        int done = real(__VA_ARGS__, flags, mode); \
        if (done >= 0) note_path("open", at, path, 0, 0); \
        return done; \
    }
OPENING(open, (const char *path, int flags, ...), AT_FDCWD, path)
OPENING(open64, (const char *path, int flags, ...), AT_FDCWD, path)
OPENING(openat, (int at, const char *path, int flags, ...), at, at, path)
OPENING(openat64, (int at, const char *path, int flags, ...), at, at, path)
