/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * libipvs: manage IPVS, the Linux kernel's layer-4 load balancer.
 *
 * This header is the manual. It is made of the library's sources; a test keeps it so.
 *
 *     #include <ipvs.h>
 *     #include <stdio.h>
 *
 *     int main(void)
 *     {
 *         ipvs_client *client = NULL;
 *         ipvs_error *error = NULL;
 *         ipvs_service web = IPVS_SERVICE_INIT;
 *         ipvs_dest server = IPVS_DEST_INIT;
 *
 *         if (ipvs_client_open(NULL, &client, &error)
 *             || ipvs_service_key_parse("tcp 192.0.2.1:80", &web.key, &error)
 *             || ipvs_client_add_service(client, &web, &error)
 *             || ipvs_dest_key_parse("10.0.3.100:8080", &server.key, &error))
 *             goto failed;
 *         server.forward = IPVS_MASQUERADE;
 *         server.weight = 3;
 *         if (ipvs_client_add_dest(client, &web.key, &server, &error))
 *             goto failed;
 *         ipvs_client_free(client);
 *         return 0;
 *
 *     failed:
 *         fprintf(stderr, "%s\n", ipvs_error_message(error));
 *         ipvs_error_free(error);
 *         ipvs_client_free(client);
 *         return 1;
 *     }
 *
 * Build it with: cc web.c $(pkg-config --cflags --libs ipvs)
 *
 *
 * WHAT IT DOES, AND WHAT IT DOES NOT
 *
 * It covers the whole of the kernel's interface: services by address and by firewall mark, real
 * servers ("dests") with every forwarding method and tunnel, persistence, thresholds, counters,
 * timeouts, sync daemons; the connection table and the sysctls; and above that tables, plans
 * and batches. It refuses, before sending, what the kernel would refuse without a reason or
 * accept without a meaning, and names the field.
 *
 * It execs nothing, prints nothing, keeps no global state, and has no thread that outlives a
 * call. It does not watch for changes (the kernel announces none), does not check the health of
 * real servers, and does not touch addresses, routes or the firewall. Linux 5.10 and later.
 *
 *
 * OWNERSHIP
 *
 * A handle is a pointer to a struct without a body here, such as ipvs_client. Whoever gets one
 * frees it with the function of its name that ends with _free: ipvs_client_free(). Those take
 * NULL too, and do nothing then. Each handle is freed once, and not used afterwards. Handles do
 * not depend on each other: a stream outlives its client, an ipvs_apply its plan.
 *
 * A pointer to constant text, or to a constant error, belongs to the handle that it was got
 * from, lives as long as that, and is not to be freed; where no handle was given it lives for
 * ever.
 *
 * What is given to a function stays the caller's: it is copied, or not needed any more when the
 * function returns. That holds for file descriptors too.
 *
 *
 * POINTERS
 *
 * Each argument that is a pointer points to what its type says, and NULL is IPVS_INVALID_INPUT
 * unless the function says that it may be NULL. Text ends with a NUL and is UTF-8; text that is
 * not, is IPVS_INVALID_INPUT. Where a result goes is written on success only: after a failure
 * it is what it was. (IPVS_PANIC, which is a bug, excepted.)
 *
 *
 * STRUCTS THAT GROW
 *
 * A struct that begins with `size_t size` may get more fields at its end in a later version of
 * the library. Begin with its _INIT macro, which sets the size and makes everything else the
 * default, mostly zero: `ipvs_service web = IPVS_SERVICE_INIT;`. (In C it is an initialiser, in
 * C++ a value.) A program that was built with an older header goes on with a newer library: what
 * it does not know is taken for zero, and nothing is written behind its struct. The other way
 * round, fields that the library does not know must be zero, or the call is IPVS_INVALID_INPUT.
 * Neither `size` nor any other field of an input is ever written to. Fields called `reserved`
 * are zero.
 *
 *
 * THREADS AND FORKS
 *
 * Every type says which threads may use it. There are two kinds: those that any threads may use
 * at once, a client first of all; and those that one thread at a time may use (streams, steps),
 * any thread, whoever made them. Nothing may be in use while it is freed. After a fork, the
 * child opens clients of its own: the parent's answer with IPVS_FORKED.
 *
 *
 * THE SECTIONS
 *
@SECTIONS@ *
 * Every function's comment says what NULL does where it may be NULL, what is to be freed, with
 * which statuses it fails beside those that any may fail with, which command of the kernel is
 * behind it, and what ipvsadm calls it.
 */
#ifndef IPVS_H
#define IPVS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The version of this header. */
#define IPVS_VERSION_MAJOR @MAJOR@
#define IPVS_VERSION_MINOR @MINOR@
#define IPVS_VERSION_PATCH @PATCH@
/** The three in one number that grows: 0x010203 is 1.2.3. */
#define IPVS_VERSION_NUMBER \
    (IPVS_VERSION_MAJOR << 16 | IPVS_VERSION_MINOR << 8 | IPVS_VERSION_PATCH)

/** What the _INIT macros are made of: zeros behind the size. */
#ifdef __cplusplus
#define IPVS_BEGIN(type) ([] { type it = type(); it.size = sizeof it; return it; }())
#else
#define IPVS_BEGIN(type) { .size = sizeof(type) }
#endif

#ifdef __cplusplus
extern "C" {
#endif
