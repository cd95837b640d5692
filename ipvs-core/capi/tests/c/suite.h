/*
 * What the tests of ipvs.h are written with. Each file holds the tests of one section of the
 * header, as a group; suite.c runs them, on a fake kernel or on this machine's own.
 *
 * tests/suite.rs reads the tests, too: it finds each function of the header that no test calls
 * in the ways below, and each argument that none makes wrong.
 */
#ifndef SUITE_H
#define SUITE_H

#include <ipvs.h>
#include <stdio.h>
#include <string.h>

/* A test, and why it is of one kind of kernel only, if it is. */
typedef struct test {
    const char *name;
    void (*body)(void);
    const char *needs_fake;
    const char *needs_kernel;
} test;

#define EVERYWHERE(body) { #body, body, NULL, NULL }
#define ON_THE_FAKE(body, why) { #body, body, why, NULL }
#define ON_A_KERNEL(body, why) { #body, body, NULL, why }
#define END { NULL, NULL, NULL, NULL }

/*
 * Every test begins with an empty network namespace in which lo is up, and with a client of it.
 * On the fake there are its kernel and its namespace too; otherwise those are NULL.
 */
extern ipvs_fake_kernel *kernel;
extern ipvs_fake_namespace *space;
extern ipvs_client *client;

/* A condition that holds, or the test ends here and has failed. */
#define CHECK(condition) suite_check((condition), #condition, HERE)
#define HERE __FILE__, __LINE__

/* Where a handle is to be put and nothing was. */
#define NOTHING ((void *)&suite_nothing)
/* No text: bytes that are not UTF-8. */
#define GARBAGE "\xc3\x28"

/* What the last call that failed said. */
extern struct last {
    char message[512], operation[64], field[64], object[128], cause[256], cure[256];
    int32_t error_number, applied;
} last;

/* A call that succeeds, and leaves the error alone. */
#define DOES(function, ...) \
    do { \
        ipvs_error *error_ = NOTHING; \
        ipvs_status status_ = function(__VA_ARGS__, &error_); \
        suite_done(status_, error_, #function, HERE); \
    } while (0)

/* A call that fails with a status, and an error of that status. */
#define FAILS(status, function, ...) \
    do { \
        ipvs_error *error_ = NOTHING; \
        ipvs_status status_ = function(__VA_ARGS__, &error_); \
        suite_failed(status, status_, error_, #function, HERE); \
    } while (0)

/* A call that is refused for a field or an argument, with somewhere to put the error or not. */
#define REFUSED(field_, function, ...) \
    do { \
        FAILS(IPVS_INVALID_INPUT, function, __VA_ARGS__); \
        suite_same(last.field, field_, #function, HERE); \
        CHECK(function(__VA_ARGS__, NULL) == IPVS_INVALID_INPUT); \
    } while (0)

/* A NULL for an argument that must not be one, and one for an argument that may. */
#define NULL_REFUSED(function, argument, ...) REFUSED(#argument, function, __VA_ARGS__)
#define NULL_TAKEN(function, argument, condition) CHECK(condition)
#define FREES_NULL(function) function(NULL)

/* Bytes that are no text, for an argument that is one: GARBAGE is among the arguments. */
#define NOT_TEXT(function, argument, ...) REFUSED(#argument, function, __VA_ARGS__)

/*
 * A struct that begins with its size, and goes in as `it`: refused with a wrong size, or with
 * something behind what is known; taken with zeros there.
 */
#define SIZES_IN(function, argument, type, value, ...) \
    do { \
        union { type known; unsigned char bytes[sizeof(type) + 16]; } longer_; \
        type *const it = &longer_.known; \
        memset(&longer_, 0, sizeof longer_); \
        longer_.known = value; \
        for (size_t wrong_ = 0; wrong_ < WRONG_SIZES; wrong_++) { \
            it->size = suite_wrong_size(wrong_, sizeof(type)); \
            REFUSED(#type, function, __VA_ARGS__); \
        } \
        it->size = sizeof longer_; \
        longer_.bytes[sizeof longer_ - 1] = 1; \
        REFUSED(#type, function, __VA_ARGS__); \
        longer_.bytes[sizeof longer_ - 1] = 0; \
        DOES(function, __VA_ARGS__); \
        CHECK(it->size == sizeof longer_); \
    } while (0)

/*
 * A struct that comes out as `it`: with a wrong size nothing is written; else as much as the
 * size says and no more, with zeros in what the library does not know.
 */
#define SIZES_OUT(function, argument, type, ...) \
    do { \
        union { type known; unsigned char bytes[sizeof(type) + 32]; } longer_; \
        type *const it = &longer_.known; \
        memset(&longer_, 0x5a, sizeof longer_); \
        for (size_t wrong_ = 0; wrong_ < WRONG_SIZES; wrong_++) { \
            it->size = suite_wrong_size(wrong_, sizeof(type)); \
            REFUSED(#type, function, __VA_ARGS__); \
        } \
        CHECK(suite_all(longer_.bytes + sizeof(size_t), sizeof longer_ - sizeof(size_t), 0x5a)); \
        it->size = sizeof(type) + 16; \
        DOES(function, __VA_ARGS__); \
        CHECK(it->size == sizeof(type) + 16); \
        CHECK(suite_all(longer_.bytes + sizeof(type), 16, 0)); \
        CHECK(suite_all(longer_.bytes + sizeof(type) + 16, 16, 0x5a)); \
    } while (0)
#define WRONG_SIZES 6

/* A value that is written as a text, into every length of buffer. */
#define FORMATS(function, value, text) \
    do { \
        char buffer_[300]; \
        size_t whole_ = strlen(text); \
        for (size_t length_ = 0; length_ <= whole_ + 2; length_++) { \
            memset(buffer_, 0x5a, sizeof buffer_); \
            CHECK(function(value, buffer_, length_) == whole_); \
            suite_fits(buffer_, sizeof buffer_, length_, text, #function, HERE); \
        } \
    } while (0)

/* What the macros are made of. */
extern char suite_nothing;
void suite_check(bool condition, const char *what, const char *file, int line);
void suite_done(ipvs_status status, ipvs_error *error, const char *function, const char *file,
                int line);
void suite_failed(ipvs_status wanted, ipvs_status status, ipvs_error *error, const char *function,
                  const char *file, int line);
void suite_same(const char *text, const char *wanted, const char *what, const char *file, int line);
void suite_fits(const char *buffer, size_t size, size_t length, const char *text,
                const char *what, const char *file, int line);
size_t suite_wrong_size(size_t which, size_t right);
bool suite_all(const unsigned char *bytes, size_t length, unsigned char value);

/* Two texts that are the same. */
#define SAME(text, wanted) suite_same(text, wanted, #text, HERE)

/* Values of texts. */
ipvs_address address_of(const char *text);
ipvs_service_key key_of(const char *text);
ipvs_dest_key dest_key_of(const char *text);
ipvs_service service_of(const char *text);
ipvs_dest dest_of(const char *text);
ipvs_daemon daemon_of(const char *text);
ipvs_table *table_of(const char *rules);
/* Texts of values, until the next one. */
const char *text_of_key(const ipvs_service_key *key);
const char *text_of_service(const ipvs_service *service);
const char *text_of_dest(const ipvs_dest *dest);
const char *text_of_daemon(const ipvs_daemon *daemon);

/* Makes the changes of lines of ipvsadm, through the client. */
void have(const char *rules);
/* Compares the kernel's table with lines. */
void holds(const char *rules);
/* An interface `sync0` on which a master may speak, beside lo. */
void have_sync0(void);
/* A fault of the fake's, at once: an IPVS_FAULT number, with the errno that it brings. */
void break_once(uint32_t what, int32_t error_number);
/* Runs checks in a child. */
void in_child(void (*body)(void));

#endif
