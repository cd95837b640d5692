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
 *     The library's version
 *     Statuses and errors
 *     Texts
 *     Addresses, netmasks and protocols
 *     What identifies services and dests
 *     The client
 *     Counters
 *     Virtual services
 *     Managing services
 *     Real servers
 *     Managing dests
 *     Sync daemons
 *     Timeouts
 *     Tables
 *     Snapshots
 *     Scopes
 *     Plans
 *     Reports
 *     Applying a plan
 *     Batches
 *     Rules
 *     Draining a dest
 *     Connections
 *     Sysctls
 *     The fake kernel
 *     What happens in a fake namespace
 *     Faults of a fake kernel
 *
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
#define IPVS_VERSION_MAJOR 0
#define IPVS_VERSION_MINOR 1
#define IPVS_VERSION_PATCH 0
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

/* ---------------------------------------------------------------------------------------------
 * The library's version
 *
 * IPVS_VERSION_MAJOR, _MINOR and _PATCH above are those of this header;
 * ipvs_library_version() tells that of the library that runs. A program may run with a
 * library that is newer than its header, or older: structs say how long they are.
 * --------------------------------------------------------------------------------------------- */

/**
 * The version of the library, such as "0.1.0". It lives for ever.
 *
 * The version of the kernel's IPVS is ipvs_client_info()'s to tell.
 */
const char *ipvs_library_version(void);

/* ---------------------------------------------------------------------------------------------
 * Statuses and errors
 *
 * A function that can fail returns a status: IPVS_OK, which is 0, or a number that names the
 * caller's next step. The numbers never change their meaning, and new ones may come.
 *
 * Its last argument is an `ipvs_error **`. NULL there means that nobody wants to know more.
 * Otherwise a failure puts a new error there, which the caller frees with ipvs_error_free();
 * success leaves it alone. So begin with `ipvs_error *error = NULL`.
 *
 * An error is a constant: any threads may read it at once. What the functions below give of
 * it lives as long as the error does.
 * --------------------------------------------------------------------------------------------- */

/** It did not take effect: refused, or never sent. */
#define IPVS_APPLIED_NO 0

/** It took effect, and what failed came afterwards. */
#define IPVS_APPLIED_YES 1

/** It was sent and no answer came back: read the object again before deciding. */
#define IPVS_APPLIED_UNKNOWN 2

/** The statuses. */
typedef enum ipvs_status_code {
    /** It is done. */
    IPVS_OK = 0,
    /** There is no such virtual service. */
    IPVS_SERVICE_NOT_FOUND = 1,
    /** The service exists and has no such real server. */
    IPVS_DEST_NOT_FOUND = 2,
    /** No sync daemon of that role is running. */
    IPVS_DAEMON_NOT_RUNNING = 3,
    /** The service, dest or daemon is there already. */
    IPVS_ALREADY_EXISTS = 4,
    /** The kernel has no such scheduler or persistence engine and could not load its module. */
    IPVS_UNKNOWN_SCHEDULER = 5,
    /** The kernel has no IPVS: the module ip_vs is not loaded. */
    IPVS_MODULE_MISSING = 6,
    /** The caller lacks CAP_NET_ADMIN in the initial user namespace. */
    IPVS_PERMISSION_DENIED = 7,
    /**
     * A value that the kernel refuses, or that this library refuses to send; a NULL where
     * none may be; a struct whose size is none.
     */
    IPVS_INVALID_INPUT = 8,
    /** This kernel cannot do it. */
    IPVS_UNSUPPORTED = 9,
    /** The table kept changing while it was read. */
    IPVS_CHANGED_WHILE_READING = 10,
    /** The kernel did not answer before the deadline. */
    IPVS_TIMED_OUT = 11,
    /** The kernel's answers did not fit the socket's receive buffer. */
    IPVS_OVERRUN = 12,
    /** An answer that cannot be understood. */
    IPVS_PROTOCOL = 13,
    /** The client was opened before a fork and is used in the child. */
    IPVS_FORKED = 14,
    /** A system call failed, or the kernel failed for a reason of its own. */
    IPVS_IO = 15,
    /** A bug in this library, which it noticed. */
    IPVS_INTERNAL = 16,
    /**
     * A bug in this library, which it did not. What the call was to change may be half done;
     * free the handles that it was given.
     */
    IPVS_PANIC = 100,
} ipvs_status_code;

/** What went wrong, with what, and what to do about it. */
typedef struct ipvs_error ipvs_error;

/** What became of a call: an `ipvs_status_code`, or a later version's. */
typedef int32_t ipvs_status;

/**
 * The error's status.
 *
 * NULL: IPVS_OK.
 */
ipvs_status ipvs_error_status(const ipvs_error *error);

/**
 * One sentence for people: the operation, the object, the field when one is to blame, the
 * cause, the kernel's errno when there is one, and what to do where that is known. Such as
 * "add service tcp 192.0.2.1:80: already exists (EEXIST)".
 *
 * NULL: "no error".
 */
const char *ipvs_error_message(const ipvs_error *error);

/**
 * The errno that a system call or the kernel's IPVS gave, or 0 where none did. It means
 * different things for different operations; the status has them told apart.
 *
 * NULL: 0.
 */
int32_t ipvs_error_errno(const ipvs_error *error);

/**
 * Whether the operation took effect in spite of the error: IPVS_APPLIED_NO, _YES, _UNKNOWN.
 *
 * NULL: IPVS_APPLIED_NO.
 */
int32_t ipvs_error_applied(const ipvs_error *error);

/**
 * The operation that failed, such as "add_service": mostly what comes behind
 * "ipvs_client_". Text that is no value is "parse"; what this library refuses of the
 * arguments themselves (a NULL, a size, garbage for text) is "argument".
 *
 * NULL: "".
 */
const char *ipvs_error_operation(const ipvs_error *error);

/**
 * The service, dest, daemon or sysctl that the operation was about, as text such as
 * "10.0.3.100:8080 of tcp 192.0.2.1:80"; NULL when it was about none.
 *
 * NULL: NULL.
 */
const char *ipvs_error_object(const ipvs_error *error);

/**
 * The field or argument that is to blame, such as "weight"; NULL when it is not known.
 *
 * NULL: NULL.
 */
const char *ipvs_error_field(const ipvs_error *error);

/**
 * The cause alone, without operation, object and cure.
 *
 * NULL: "no error".
 */
const char *ipvs_error_cause(const ipvs_error *error);

/**
 * What to do about it; NULL where that is not known.
 *
 * NULL: NULL.
 */
const char *ipvs_error_cure(const ipvs_error *error);

/**
 * Frees an error and every text that it gave.
 *
 * NULL: does nothing.
 */
void ipvs_error_free(ipvs_error *error);

/**
 * A status by name, such as "service_not_found"; "ok", "panic", and "unknown" for a number
 * that is none. It lives for ever.
 */
const char *ipvs_status_name(ipvs_status status);

/* ---------------------------------------------------------------------------------------------
 * Texts
 *
 * What is too long or too varied for a buffer of the caller's comes as an ipvs_text: UTF-8
 * with a NUL behind it, which its receiver frees. It is a constant: any threads may read it
 * at once.
 * --------------------------------------------------------------------------------------------- */

/** Text that this library made. */
typedef struct ipvs_text ipvs_text;

/**
 * The text, with a NUL behind it. It lives as long as the ipvs_text.
 *
 * NULL: "".
 */
const char *ipvs_text_data(const ipvs_text *text);

/**
 * The text's length in bytes, without the NUL.
 *
 * NULL: 0.
 */
size_t ipvs_text_length(const ipvs_text *text);

/**
 * Frees a text.
 *
 * NULL: does nothing.
 */
void ipvs_text_free(ipvs_text *text);

/* ---------------------------------------------------------------------------------------------
 * Addresses, netmasks and protocols
 *
 * Small structs that never grow: they have no size in front and no _INIT; `{0}` is a good
 * beginning. Ports and numbers are in the machine's byte order, the bytes of an address in
 * the order in which people write them.
 *
 * A function that ends with _parse reads text; the one that ends with _format writes it into
 * a buffer of the caller's, and what it writes parses to the same value. It works as
 * snprintf() does: it writes what fits into `length` bytes, always with a NUL behind it, and
 * returns the length of the whole text without the NUL; NULL and 0 only measure. What is no
 * value at all (a family that is none, NULL) is the empty text. 64 bytes hold any text of
 * this section and the next.
 * --------------------------------------------------------------------------------------------- */

/** The address family IPv4; the same number as AF_INET. */
#define IPVS_IPV4 2

/** The address family IPv6; the same number as AF_INET6. */
#define IPVS_IPV6 10

/** The protocol TCP. The kernel balances this, UDP and SCTP. */
#define IPVS_TCP 6

/** The protocol UDP. */
#define IPVS_UDP 17

/** The protocol SCTP. */
#define IPVS_SCTP 132

/** An IP address. As text: "192.0.2.1", "2001:db8::1". */
typedef struct ipvs_address {
    /** IPVS_IPV4 or IPVS_IPV6. */
    uint16_t family;
    /** Zero. */
    uint16_t reserved;
    /** The address; the first four bytes of it for IPv4, and zeros behind them. */
    uint8_t bytes[16];
} ipvs_address;

/**
 * Which clients count as one to a persistent service: those whose addresses are equal under
 * this mask. As text: "255.255.255.0" for IPv4, "64" for IPv6. All zero: every address by
 * itself.
 */
typedef struct ipvs_netmask {
    /** IPVS_IPV4, IPVS_IPV6, or 0 for the whole address of whatever family. */
    uint16_t family;
    /** IPv6: the length of the prefix, 1 to 128. IPv4: 0. */
    uint16_t prefix_length;
    /** IPv4: the mask. IPv6: zeros. */
    uint8_t mask[4];
} ipvs_netmask;

/**
 * Reads an address.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_address_parse(const char *text,
                               ipvs_address *address,
                               ipvs_error **error);

/**
 * Writes an address: see this section's beginning.
 *
 * NULL: `address` gives the empty text, `buffer` is only measured.
 */
size_t ipvs_address_format(const ipvs_address *address, char *buffer, size_t length);

/**
 * Reads a netmask: a dotted one of IPv4, or the length of an IPv6 prefix.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_netmask_parse(const char *text,
                               ipvs_netmask *netmask,
                               ipvs_error **error);

/**
 * Writes a netmask: see this section's beginning. That of the whole address of no family is
 * the empty text.
 *
 * NULL: `netmask` gives the empty text, `buffer` is only measured.
 */
size_t ipvs_netmask_format(const ipvs_netmask *netmask, char *buffer, size_t length);

/**
 * Reads a protocol: "tcp", "udp", "sctp" or a number.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_protocol_parse(const char *text, uint16_t *protocol, ipvs_error **error);

/**
 * Writes a protocol: see this section's beginning.
 *
 * NULL: `buffer` is only measured.
 */
size_t ipvs_protocol_format(uint16_t protocol, char *buffer, size_t length);

/* ---------------------------------------------------------------------------------------------
 * What identifies services and dests
 *
 * A virtual service is known by its protocol, address and port, or by a firewall mark; a
 * real server ("dest") by its address and port within its service. Like addresses, these
 * structs never grow.
 * --------------------------------------------------------------------------------------------- */

/**
 * What identifies a virtual service. As text: "tcp 192.0.2.1:80", "udp [2001:db8::1]:53",
 * "fwmark 7", "fwmark 7 ipv6".
 */
typedef struct ipvs_service_key {
    /** IPVS_IPV4 or IPVS_IPV6, for firewall marks too: the same mark in both is two services. */
    uint16_t family;
    /**
     * By address: IPVS_TCP, IPVS_UDP or IPVS_SCTP. (Other programs may have put other
     * numbers there.) By mark: 0.
     */
    uint16_t protocol;
    /** By address: the port; 0 catches every port and needs persistence. By mark: 0. */
    uint16_t port;
    /** Zero. */
    uint16_t reserved;
    /** The firewall mark, from 1; 0 for a service by address. */
    uint32_t firewall_mark;
    /** By address: as in ipvs_address. By mark: zeros. */
    uint8_t address[16];
} ipvs_service_key;

/**
 * What identifies a real server within its service. As text: "10.0.3.100:8080",
 * "[2001:db8::2]:8080".
 */
typedef struct ipvs_dest_key {
    /** IPVS_IPV4 or IPVS_IPV6; not the service's only when it is reached through a tunnel. */
    uint16_t family;
    /** The port. Only masquerading rewrites a packet's port to it. */
    uint16_t port;
    /** As in ipvs_address. */
    uint8_t address[16];
} ipvs_dest_key;

/**
 * Reads what identifies a service.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_service_key_parse(const char *text,
                                   ipvs_service_key *key,
                                   ipvs_error **error);

/**
 * Writes what identifies a service: see the section on addresses.
 *
 * NULL: `key` gives the empty text, `buffer` is only measured.
 */
size_t ipvs_service_key_format(const ipvs_service_key *key,
                               char *buffer,
                               size_t length);

/**
 * Reads what identifies a dest.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_dest_key_parse(const char *text,
                                ipvs_dest_key *key,
                                ipvs_error **error);

/**
 * Writes what identifies a dest: see the section on addresses.
 *
 * NULL: `key` gives the empty text, `buffer` is only measured.
 */
size_t ipvs_dest_key_format(const ipvs_dest_key *key, char *buffer, size_t length);

/* ---------------------------------------------------------------------------------------------
 * The client
 *
 * An ipvs_client manages the IPVS of one network namespace: that of the thread that opened
 * it, if nothing else is asked for. It stays with that namespace wherever its users go.
 *
 * Threads: any number may use a client at once; over netlink they take turns. After a fork
 * the child opens one of its own: the parent's answers there with IPVS_FORKED. It may free
 * it.
 *
 * Functions block until the kernel has answered. Opening needs no privilege. Whatever asks
 * over netlink, for reading too, needs CAP_NET_ADMIN in the initial user namespace. Beside
 * what a function lists, each of those may fail with IPVS_PERMISSION_DENIED; with
 * IPVS_TIMED_OUT and IPVS_OVERRUN, after which a write may have happened, see
 * ipvs_error_applied(); with IPVS_MODULE_MISSING, when the module went away meanwhile; with
 * IPVS_UNSUPPORTED, for IPv6 where the kernel has none; with IPVS_INVALID_INPUT, for
 * arguments that are none; with IPVS_PROTOCOL, IPVS_IO, IPVS_FORKED and IPVS_PANIC. A
 * listing may fail with IPVS_CHANGED_WHILE_READING.
 * --------------------------------------------------------------------------------------------- */

/** This library judges what is sent, and names the field that is wrong; then the kernel. */
#define IPVS_CHECKS_FULL 0

/**
 * The kernel alone judges, which says EINVAL to many mistakes and accepts as many: for tools
 * that must behave as the kernel does, and for sending back what was read.
 */
#define IPVS_CHECKS_KERNEL 1

/** The namespace of the calling thread. */
#define IPVS_NAMESPACE_CURRENT 0

/** That of the file `namespace_path`, such as "/run/netns/blue" or "/proc/1/ns/net". */
#define IPVS_NAMESPACE_PATH 1

/** That of the open file `namespace_fd`. */
#define IPVS_NAMESPACE_FD 2

/**
 * A new, empty one, in which not even lo is up. It lives as long as the client, or whatever
 * else is put into it: see ipvs_client_namespace().
 */
#define IPVS_NAMESPACE_NEW 3

/** Manages the IPVS of one network namespace. */
typedef struct ipvs_client ipvs_client;

/** How a client is opened. Zeros are the defaults. */
typedef struct ipvs_client_options {
    /** sizeof(ipvs_client_options), by IPVS_CLIENT_OPTIONS_INIT. */
    size_t size;
    /**
     * How long the kernel may be silent while an answer is due. A long listing is no
     * silence: the count begins anew with each part of it. The time that the kernel spends
     * inside of a request (loading a scheduler's module, say) does not count. 0: 5 seconds.
     */
    uint32_t deadline_milliseconds;
    /** IPVS_CHECKS_FULL or IPVS_CHECKS_KERNEL. */
    uint32_t checks;
    /**
     * Whose IPVS it manages: an IPVS_NAMESPACE number. Any but the current one needs
     * CAP_SYS_ADMIN; none moves the calling thread.
     */
    uint32_t namespace_source;
    /** With IPVS_NAMESPACE_FD: the file, which stays the caller's. Otherwise 0. */
    int32_t namespace_fd;
    /** With IPVS_NAMESPACE_PATH: the file's name. Otherwise NULL. */
    const char *namespace_path;
} ipvs_client_options;
#define IPVS_CLIENT_OPTIONS_INIT IPVS_BEGIN(ipvs_client_options)

/** What the kernel says of its IPVS. */
typedef struct ipvs_kernel_info {
    /** sizeof(ipvs_kernel_info), by IPVS_KERNEL_INFO_INIT. */
    size_t size;
    /**
     * IPVS's own version, three numbers: 1, 2 and 1 in every kernel since 2008. It tells
     * nothing of features.
     */
    uint8_t version[3];
    /** Zero. */
    uint8_t reserved;
    /**
     * The connection table's size in buckets. Up to Linux 7.0 fixed when the module is
     * loaded (4096 by default); since 7.1 the namespace's present size, 0 before its first
     * service.
     */
    uint32_t connection_table_size;
} ipvs_kernel_info;
#define IPVS_KERNEL_INFO_INIT IPVS_BEGIN(ipvs_kernel_info)

/**
 * Opens the IPVS of a network namespace. On kernels from 5.16 this loads the module ip_vs
 * when it is not loaded.
 *
 * Free `*client` with ipvs_client_free().
 * NULL: `options` stands for every default; `error` may be.
 * Fails with IPVS_MODULE_MISSING; IPVS_PERMISSION_DENIED or IPVS_IO when the namespace cannot
 * be entered or found; IPVS_INVALID_INPUT when it is something else, or `options` is wrong;
 * IPVS_TIMED_OUT.
 */
ipvs_status ipvs_client_open(const ipvs_client_options *options,
                             ipvs_client **client,
                             ipvs_error **error);

/**
 * Makes a client of a generic netlink socket that somebody else opened, for callers whose
 * sandbox does not let them open one. It belongs to the socket's namespace and has the
 * default options. The socket must be used for nothing else; `fd` stays the caller's, who may
 * close it.
 *
 * Free `*client` with ipvs_client_free().
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT when it is no such socket; else as ipvs_client_open().
 */
ipvs_status ipvs_client_from_socket(int32_t fd,
                                    ipvs_client **client,
                                    ipvs_error **error);

/**
 * Frees a client. What was read through it stays; streams go on.
 *
 * NULL: does nothing.
 */
void ipvs_client_free(ipvs_client *client);

/**
 * The network namespace that the client belongs to, as an open file: for setns(2), and for
 * further clients by IPVS_NAMESPACE_FD.
 *
 * Close `*fd` with close().
 * NULL: only `error` may be.
 * Fails with IPVS_PERMISSION_DENIED without CAP_NET_ADMIN over the namespace, if the client is
 * one of ipvs_client_from_socket(); IPVS_UNSUPPORTED for one of a fake kernel; IPVS_IO.
 */
ipvs_status ipvs_client_namespace(const ipvs_client *client,
                                  int32_t *fd,
                                  ipvs_error **error);

/**
 * The version of the kernel's IPVS and the connection table's size.
 *
 * NULL: only `error` may be.
 * Fails as any.
 * Kernel: IPVS_CMD_GET_INFO; ipvsadm: the first line of -L.
 */
ipvs_status ipvs_client_info(const ipvs_client *client,
                             ipvs_kernel_info *info,
                             ipvs_error **error);

/**
 * Removes every virtual service of the namespace, whoever added it. Timeouts, sync daemons
 * and connections stay.
 *
 * NULL: only `error` may be.
 * Fails as any.
 * Kernel: IPVS_CMD_FLUSH; ipvsadm: -C.
 */
ipvs_status ipvs_client_flush(const ipvs_client *client, ipvs_error **error);

/**
 * Zeroes the counters of every service, every dest and the namespace.
 *
 * NULL: only `error` may be.
 * Fails as any.
 * Kernel: IPVS_CMD_ZERO; ipvsadm: -Z.
 */
ipvs_status ipvs_client_zero(const ipvs_client *client, ipvs_error **error);

/* ---------------------------------------------------------------------------------------------
 * Counters
 *
 * The kernel takes a sample every two seconds; these are samples, not live values, and they
 * stand still while its estimation is switched off. The struct never grows.
 * --------------------------------------------------------------------------------------------- */

/**
 * Counters since a service or a dest was made or last zeroed, and present rates: running
 * means over some eight seconds.
 */
typedef struct ipvs_stats {
    /** Connections scheduled. */
    uint64_t connections;
    /** Packets from clients. */
    uint64_t incoming_packets;
    /** Packets to clients; only those that come back through the director. */
    uint64_t outgoing_packets;
    /** Bytes from clients. */
    uint64_t incoming_bytes;
    /** Bytes to clients; only those that come back through the director. */
    uint64_t outgoing_bytes;
    /** Connections a second. */
    uint64_t connections_per_second;
    /** Packets from clients a second. */
    uint64_t incoming_packets_per_second;
    /** Packets to clients a second. */
    uint64_t outgoing_packets_per_second;
    /** Bytes from clients a second. */
    uint64_t incoming_bytes_per_second;
    /** Bytes to clients a second. */
    uint64_t outgoing_bytes_per_second;
    /**
     * How wide the kernel's numbers were: 64, or 32 before Linux 4.1, where connections,
     * packets and rates wrap around.
     */
    uint64_t width;
} ipvs_stats;

/**
 * The counters of the whole namespace, of services that are gone too, since the last
 * ipvs_client_zero(). It takes no privilege in the calling thread's own namespace, elsewhere
 * CAP_SYS_ADMIN.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_MODULE_MISSING; IPVS_PROTOCOL for a file that is not what the kernel prints;
 * IPVS_PERMISSION_DENIED, IPVS_IO, IPVS_FORKED.
 * Kernel: /proc/net/ip_vs_stats; ipvsadm: none.
 */
ipvs_status ipvs_client_total_stats(const ipvs_client *client,
                                    ipvs_stats *stats,
                                    ipvs_error **error);

/* ---------------------------------------------------------------------------------------------
 * Virtual services
 *
 * An ipvs_service is what one asks for, an ipvs_service_entry what the kernel lists: the
 * service, which can be sent back as it is, and its counters.
 * --------------------------------------------------------------------------------------------- */

/** A client stays with its real server for the persistence timeout. */
#define IPVS_SERVICE_PERSISTENT 1

/** Each UDP datagram is scheduled by itself; no connection is kept. */
#define IPVS_SERVICE_ONE_PACKET 4

/** The scheduler's first flag: "fallback" under sh and mh. */
#define IPVS_SERVICE_SCHEDULER_1 8

/** The scheduler's second flag: "port" under sh and mh. */
#define IPVS_SERVICE_SCHEDULER_2 16

/** The scheduler's third flag, which no scheduler uses. */
#define IPVS_SERVICE_SCHEDULER_3 32

/** `scheduler` is to change. The kernel takes some 20 ms for it. */
#define IPVS_SERVICE_EDIT_SCHEDULER 1

/** `persistence_timeout_seconds` is to change. */
#define IPVS_SERVICE_EDIT_PERSISTENCE_TIMEOUT 2

/** `persistence_netmask` is to change. */
#define IPVS_SERVICE_EDIT_PERSISTENCE_NETMASK 4

/** `persistence_engine` is to change; to none, if that is empty. */
#define IPVS_SERVICE_EDIT_PERSISTENCE_ENGINE 8

/**
 * A virtual service as it is asked for. Zeros are the defaults, the key apart. As text:
 * "tcp 192.0.2.1:80 scheduler wrr flags persistent timeout 300".
 */
typedef struct ipvs_service {
    /** sizeof(ipvs_service), by IPVS_SERVICE_INIT. */
    size_t size;
    /** What identifies it. */
    ipvs_service_key key;
    /** IPVS_SERVICE flags. Bits that this library does not know are kept. By default none. */
    uint32_t flags;
    /**
     * How long a client stays with its real server, 1 to 4,294,967 seconds; used with
     * IPVS_SERVICE_PERSISTENT only.
     */
    uint32_t persistence_timeout_seconds;
    /** Which clients count as one. By default each address by itself. */
    ipvs_netmask persistence_netmask;
    /**
     * How it chooses a real server: a kernel module's name without "ip_vs_", with a NUL
     * behind it. By default "wlc".
     */
    char scheduler[16];
    /**
     * What recognises a client beyond its address, such as "sip", with a NUL behind it. By
     * default nothing.
     */
    char persistence_engine[20];
} ipvs_service;
#define IPVS_SERVICE_INIT IPVS_BEGIN(ipvs_service)

/** A virtual service as the kernel lists it. */
typedef struct ipvs_service_entry {
    /** sizeof(ipvs_service_entry), by IPVS_SERVICE_ENTRY_INIT. */
    size_t size;
    /** Its counters and rates. */
    ipvs_stats stats;
    /**
     * Its configuration, with its size. It can be sent back as it is, under
     * IPVS_CHECKS_KERNEL whatever another program made of it.
     */
    ipvs_service service;
} ipvs_service_entry;
#define IPVS_SERVICE_ENTRY_INIT IPVS_BEGIN(ipvs_service_entry)

/** What to change of a virtual service; the rest stays as it is. */
typedef struct ipvs_service_edit {
    /** sizeof(ipvs_service_edit), by IPVS_SERVICE_EDIT_INIT. */
    size_t size;
    /** Which of the fields behind `clear_flags` are to change: IPVS_SERVICE_EDIT bits. */
    uint32_t set;
    /** Flags to switch on. */
    uint32_t set_flags;
    /** Flags to switch off. One that is in both is switched on. */
    uint32_t clear_flags;
    /** As in ipvs_service. By itself it makes no service persistent. */
    uint32_t persistence_timeout_seconds;
    /** As in ipvs_service, of the service's family. */
    ipvs_netmask persistence_netmask;
    /** As in ipvs_service, and not empty. */
    char scheduler[16];
    /** As in ipvs_service. */
    char persistence_engine[20];
    /** Zero. */
    uint32_t reserved;
} ipvs_service_edit;
#define IPVS_SERVICE_EDIT_INIT IPVS_BEGIN(ipvs_service_edit)

/**
 * Reads a service: its key, and what is said of it.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_service_parse(const char *text,
                               ipvs_service *service,
                               ipvs_error **error);

/**
 * Writes a service: see the section on addresses. 256 bytes hold it.
 *
 * NULL: `service` gives the empty text, `buffer` is only measured.
 */
size_t ipvs_service_format(const ipvs_service *service, char *buffer, size_t length);

/**
 * Writes the scheduler flags in `flags` by their names under a scheduler, such as
 * "sh-fallback,sh-port": see the section on addresses. Empty when there are none.
 *
 * NULL: `scheduler` gives the empty text, `buffer` is only measured.
 */
size_t ipvs_scheduler_flags_format(const char *scheduler,
                                   uint32_t flags,
                                   char *buffer,
                                   size_t length);

/**
 * Reads a comma list of scheduler flags: "sh-port" and such for their scheduler, or
 * "flag-1" to "flag-3". No names are no flags.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_scheduler_flags_parse(const char *scheduler,
                                       const char *text,
                                       uint32_t *flags,
                                       ipvs_error **error);

/* ---------------------------------------------------------------------------------------------
 * Managing services
 * --------------------------------------------------------------------------------------------- */

/** A list of services, sorted by their keys. It is a constant: any threads may read it at once. */
typedef struct ipvs_service_list ipvs_service_list;

/** The services of a listing that goes on. One thread at a time may use it. */
typedef struct ipvs_service_stream ipvs_service_stream;

/**
 * Adds a virtual service.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_ALREADY_EXISTS; IPVS_UNKNOWN_SCHEDULER, for a persistence engine too;
 * IPVS_INVALID_INPUT; IPVS_UNSUPPORTED for IPv6 on a kernel without.
 * Kernel: IPVS_CMD_NEW_SERVICE; ipvsadm: -A.
 */
ipvs_status ipvs_client_add_service(const ipvs_client *client,
                                    const ipvs_service *service,
                                    ipvs_error **error);

/**
 * Replaces a virtual service wholly: every field becomes the given one. Its dests,
 * connections and counters stay. To change some fields only, see ipvs_client_edit_service().
 *
 * NULL: only `error` may be.
 * Fails with IPVS_SERVICE_NOT_FOUND; else as ipvs_client_add_service().
 * Kernel: IPVS_CMD_SET_SERVICE; ipvsadm: -E.
 */
ipvs_status ipvs_client_update_service(const ipvs_client *client,
                                       const ipvs_service *service,
                                       ipvs_error **error);

/**
 * Changes the given fields of a virtual service and keeps the rest: reads it, and writes it
 * back whole. What somebody else changes between the two is overwritten. `*edited` becomes the
 * service as it was written.
 *
 * NULL: `edited`, when nobody wants to know; `error`.
 * Fails with IPVS_SERVICE_NOT_FOUND; else as ipvs_client_add_service(). Only the fields that
 * are given are checked.
 * Kernel: IPVS_CMD_GET_SERVICE, IPVS_CMD_SET_SERVICE; ipvsadm: none, -E replaces.
 */
ipvs_status ipvs_client_edit_service(const ipvs_client *client,
                                     const ipvs_service_key *key,
                                     const ipvs_service_edit *edit,
                                     ipvs_service *edited,
                                     ipvs_error **error);

/**
 * Removes a virtual service and its dests. Their connections stay until they time out, and
 * stall.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_SERVICE_NOT_FOUND.
 * Kernel: IPVS_CMD_DEL_SERVICE; ipvsadm: -D.
 */
ipvs_status ipvs_client_remove_service(const ipvs_client *client,
                                       const ipvs_service_key *key,
                                       ipvs_error **error);

/**
 * Zeroes the counters of one service and its dests.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_SERVICE_NOT_FOUND.
 * Kernel: IPVS_CMD_ZERO; ipvsadm: -Z with a service.
 */
ipvs_status ipvs_client_zero_service(const ipvs_client *client,
                                     const ipvs_service_key *key,
                                     ipvs_error **error);

/**
 * Reads one virtual service.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_SERVICE_NOT_FOUND.
 * Kernel: IPVS_CMD_GET_SERVICE; ipvsadm: -L with a service.
 */
ipvs_status ipvs_client_service(const ipvs_client *client,
                                const ipvs_service_key *key,
                                ipvs_service_entry *entry,
                                ipvs_error **error);

/**
 * Lists the virtual services, sorted by key.
 *
 * The kernel lists in parts and marks no change in between, and a change can hide services that
 * were there all the time. So all but a short listing is read again, until two in a row have
 * the same services, eight times at most; if the table never stands still, the last one counts.
 * ipvs_client_snapshot() is stricter.
 *
 * Free `*list` with ipvs_service_list_free().
 * NULL: only `error` may be.
 * Fails as any.
 * Kernel: IPVS_CMD_GET_SERVICE; ipvsadm: -L.
 */
ipvs_status ipvs_client_services(const ipvs_client *client,
                                 ipvs_service_list **list,
                                 ipvs_error **error);

/**
 * How many there are.
 *
 * NULL: 0.
 */
size_t ipvs_service_list_length(const ipvs_service_list *list);

/**
 * Copies the one at `index`, counted from 0.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT past the end.
 */
ipvs_status ipvs_service_list_at(const ipvs_service_list *list,
                                 size_t index,
                                 ipvs_service_entry *entry,
                                 ipvs_error **error);

/**
 * Frees a list.
 *
 * NULL: does nothing.
 */
void ipvs_service_list_free(ipvs_service_list *list);

/**
 * Lists the virtual services one after the other, in the kernel's order.
 *
 * It reads on a socket of its own, in flat memory however many there are: the client stays
 * usable meanwhile, and may even be freed. Under changes it may repeat services or miss some.
 *
 * Free `*stream` with ipvs_service_stream_free().
 * NULL: only `error` may be.
 * Fails as any that lists; with IPVS_IO when no second socket can be opened. For a client of
 * another namespace than the calling thread's that takes CAP_SYS_ADMIN.
 * Kernel: IPVS_CMD_GET_SERVICE; ipvsadm: -L.
 */
ipvs_status ipvs_client_stream_services(const ipvs_client *client,
                                        ipvs_service_stream **stream,
                                        ipvs_error **error);

/**
 * Takes the next one: `*has` tells whether there was one, and `*entry` is written only then.
 * After the end, and after a failure, there is none.
 *
 * NULL: only `error` may be.
 * Fails as any that lists; then the stream is at its end.
 */
ipvs_status ipvs_service_stream_next(ipvs_service_stream *stream,
                                     ipvs_service_entry *entry,
                                     bool *has,
                                     ipvs_error **error);

/**
 * Frees a stream, at its end or before.
 *
 * NULL: does nothing.
 */
void ipvs_service_stream_free(ipvs_service_stream *stream);

/* ---------------------------------------------------------------------------------------------
 * Real servers
 *
 * An ipvs_dest is what one asks for, an ipvs_dest_entry what the kernel lists: the dest, which
 * can be sent back as it is, its connections and its counters.
 * --------------------------------------------------------------------------------------------- */

/** Forwarding by network address translation: replies come back through the director. */
#define IPVS_MASQUERADE 0

/** The packet is for this host itself. */
#define IPVS_LOCAL 1

/** The packet is wrapped in another, see ipvs_tunnel. */
#define IPVS_TUNNEL 2

/** The packet is sent unchanged to the real server's link address. */
#define IPVS_DIRECT_ROUTE 3

/** The packet goes to its original address (the kernel's own use, for caches). */
#define IPVS_BYPASS 4

/** No forwarding method yet: what IPVS_DEST_INIT begins with, and nothing that can be sent. */
#define IPVS_FORWARD_UNSET 255

/** The encapsulation IP in IP: the default, and all that kernels before 5.2 know. */
#define IPVS_IPIP 0

/** Generic UDP encapsulation; needs a port. Since Linux 5.2. */
#define IPVS_GUE 1

/** Generic routing encapsulation. Since Linux 5.3. */
#define IPVS_GRE 2

/** Outer packets carry a checksum (GUE, GRE). Since Linux 5.3. */
#define IPVS_TUNNEL_CHECKSUM 1

/** Remote checksum offload (GUE). Since Linux 5.3. */
#define IPVS_TUNNEL_REMOTE_CHECKSUM 2

/** `forward` is to change, for new connections. */
#define IPVS_DEST_EDIT_FORWARD 1

/** `tunnel` is to change, all of it. */
#define IPVS_DEST_EDIT_TUNNEL 2

/** `weight` is to change. */
#define IPVS_DEST_EDIT_WEIGHT 4

/** `upper_threshold` is to change. */
#define IPVS_DEST_EDIT_UPPER_THRESHOLD 8

/** `lower_threshold` is to change. */
#define IPVS_DEST_EDIT_LOWER_THRESHOLD 16

/**
 * The encapsulation that IPVS_TUNNEL uses; zeros are IP in IP. The kernel keeps it on every
 * dest, whatever its forwarding method. The struct never grows. As text: "ipip",
 * "gue:6080:csum".
 */
typedef struct ipvs_tunnel {
    /** IPVS_IPIP, IPVS_GUE or IPVS_GRE. */
    uint8_t kind;
    /** Zero. */
    uint8_t reserved;
    /** GUE's UDP port on the real server, from 1; 0 for the other kinds. */
    uint16_t port;
    /** IPVS_TUNNEL flags. Bits that this library does not know are kept. */
    uint16_t flags;
} ipvs_tunnel;

/**
 * A real server of a virtual service as it is asked for. As text: "10.0.3.100:8080
 * masquerade weight 3".
 */
typedef struct ipvs_dest {
    /** sizeof(ipvs_dest), by IPVS_DEST_INIT. */
    size_t size;
    /** What identifies it within its service. */
    ipvs_dest_key key;
    /**
     * Its share of the connections, 0 to 2,147,483,647. 0 is quiesced: it keeps the
     * connections it has and gets no new ones. IPVS_DEST_INIT makes it 1.
     */
    uint32_t weight;
    /**
     * The number of connections, active and inactive together, at which it gets no new ones;
     * up to 2,147,483,647. 0: no limit.
     */
    uint32_t upper_threshold;
    /**
     * The number of connections below which a full server gets new ones again; at most the
     * upper threshold. 0: three quarters of the upper one.
     */
    uint32_t lower_threshold;
    /**
     * How packets reach it: IPVS_MASQUERADE, IPVS_DIRECT_ROUTE, IPVS_TUNNEL, …. There is no
     * default.
     */
    uint8_t forward;
    /** Zero. */
    uint8_t reserved;
    /** The encapsulation, for IPVS_TUNNEL. Zeros: IP in IP. */
    ipvs_tunnel tunnel;
} ipvs_dest;
#ifdef __cplusplus
#define IPVS_DEST_INIT ([] { \
    ipvs_dest it = IPVS_BEGIN(ipvs_dest); \
    it.weight = 1; \
    it.forward = IPVS_FORWARD_UNSET; \
    return it; \
}())
#else
#define IPVS_DEST_INIT { .size = sizeof(ipvs_dest), .weight = 1, .forward = IPVS_FORWARD_UNSET }
#endif

/** A real server as the kernel lists it. */
typedef struct ipvs_dest_entry {
    /** sizeof(ipvs_dest_entry), by IPVS_DEST_ENTRY_INIT. */
    size_t size;
    /** Connections that are established or being set up. */
    uint32_t active_connections;
    /** Connections in every other state. */
    uint32_t inactive_connections;
    /** Persistence templates: clients that stay with this server. */
    uint32_t persistent_connections;
    /** Zero. */
    uint32_t reserved;
    /** Its counters and rates. */
    ipvs_stats stats;
    /**
     * Its configuration, with its size. It can be sent back as it is, under
     * IPVS_CHECKS_KERNEL whatever another program made of it.
     */
    ipvs_dest dest;
} ipvs_dest_entry;
#define IPVS_DEST_ENTRY_INIT IPVS_BEGIN(ipvs_dest_entry)

/** What to change of a real server; the rest stays as it is. */
typedef struct ipvs_dest_edit {
    /** sizeof(ipvs_dest_edit), by IPVS_DEST_EDIT_INIT. */
    size_t size;
    /** Which of the fields below are to change: IPVS_DEST_EDIT bits. */
    uint32_t set;
    /** As in ipvs_dest. */
    uint32_t weight;
    /** As in ipvs_dest. */
    uint32_t upper_threshold;
    /** As in ipvs_dest. */
    uint32_t lower_threshold;
    /** As in ipvs_dest. */
    uint8_t forward;
    /** Zero. */
    uint8_t reserved;
    /** As in ipvs_dest. */
    ipvs_tunnel tunnel;
} ipvs_dest_edit;
#define IPVS_DEST_EDIT_INIT IPVS_BEGIN(ipvs_dest_edit)

/**
 * Reads a forwarding method: "masquerade", "local", "tunnel", "direct-route", "bypass" or a
 * number up to 7.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_forward_parse(const char *text, uint8_t *forward, ipvs_error **error);

/**
 * Writes a forwarding method: see the section on addresses.
 *
 * NULL: `buffer` is only measured.
 */
size_t ipvs_forward_format(uint8_t forward, char *buffer, size_t length);

/**
 * Reads a tunnel: "ipip", "gue:6080", "gre:csum".
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_tunnel_parse(const char *text,
                              ipvs_tunnel *tunnel,
                              ipvs_error **error);

/**
 * Writes a tunnel: see the section on addresses.
 *
 * NULL: `tunnel` gives the empty text, `buffer` is only measured.
 */
size_t ipvs_tunnel_format(const ipvs_tunnel *tunnel, char *buffer, size_t length);

/**
 * Reads a dest: its key, its forwarding method, and what else is said of it.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_dest_parse(const char *text, ipvs_dest *dest, ipvs_error **error);

/**
 * Writes a dest: see the section on addresses. 256 bytes hold it.
 *
 * NULL: `dest` gives the empty text, `buffer` is only measured.
 */
size_t ipvs_dest_format(const ipvs_dest *dest, char *buffer, size_t length);

/* ---------------------------------------------------------------------------------------------
 * Managing dests
 * --------------------------------------------------------------------------------------------- */

/** A list of dests, sorted by their keys. It is a constant: any threads may read it at once. */
typedef struct ipvs_dest_list ipvs_dest_list;

/** The dests of a listing that goes on. One thread at a time may use it. */
typedef struct ipvs_dest_stream ipvs_dest_stream;

/**
 * Adds a real server to a service.
 *
 * One that was removed less than some minutes ago comes back with its connections, and with its
 * counters if the service is the same.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_SERVICE_NOT_FOUND; IPVS_ALREADY_EXISTS; IPVS_INVALID_INPUT;
 * IPVS_UNSUPPORTED for IPv6 on a kernel without.
 * Kernel: IPVS_CMD_NEW_DEST; ipvsadm: -a.
 */
ipvs_status ipvs_client_add_dest(const ipvs_client *client,
                                 const ipvs_service_key *service,
                                 const ipvs_dest *dest,
                                 ipvs_error **error);

/**
 * Replaces a real server wholly: every field becomes the given one, the thresholds and the
 * tunnel too. Its connections and counters stay. To change some fields only, see
 * ipvs_client_edit_dest().
 *
 * NULL: only `error` may be.
 * Fails with IPVS_SERVICE_NOT_FOUND; IPVS_DEST_NOT_FOUND; else as ipvs_client_add_dest().
 * Kernel: IPVS_CMD_SET_DEST; ipvsadm: -e.
 */
ipvs_status ipvs_client_update_dest(const ipvs_client *client,
                                    const ipvs_service_key *service,
                                    const ipvs_dest *dest,
                                    ipvs_error **error);

/**
 * Changes the given fields of a real server and keeps the rest: reads it, and writes it back
 * whole. What somebody else changes between the two is overwritten. `*edited` becomes the dest
 * as it was written.
 *
 * NULL: `edited`, when nobody wants to know; `error`.
 * Fails with IPVS_SERVICE_NOT_FOUND; IPVS_DEST_NOT_FOUND; else as ipvs_client_add_dest(). Only
 * the fields that are given are checked.
 * Kernel: IPVS_CMD_GET_DEST, IPVS_CMD_SET_DEST; ipvsadm: none, -e replaces.
 */
ipvs_status ipvs_client_edit_dest(const ipvs_client *client,
                                  const ipvs_service_key *service,
                                  const ipvs_dest_key *dest,
                                  const ipvs_dest_edit *edit,
                                  ipvs_dest *edited,
                                  ipvs_error **error);

/**
 * Removes a real server from a service. Its connections stay until they time out, and stall,
 * unless the sysctl expire_nodest_conn is set. An ipvs_drain lets it leave without breaking
 * any.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_SERVICE_NOT_FOUND, IPVS_DEST_NOT_FOUND.
 * Kernel: IPVS_CMD_DEL_DEST; ipvsadm: -d.
 */
ipvs_status ipvs_client_remove_dest(const ipvs_client *client,
                                    const ipvs_service_key *service,
                                    const ipvs_dest_key *dest,
                                    ipvs_error **error);

/**
 * Reads one real server of a service. (The kernel can only list them all.)
 *
 * NULL: only `error` may be.
 * Fails with IPVS_SERVICE_NOT_FOUND, IPVS_DEST_NOT_FOUND.
 * Kernel: IPVS_CMD_GET_DEST; ipvsadm: -L with a service.
 */
ipvs_status ipvs_client_dest(const ipvs_client *client,
                             const ipvs_service_key *service,
                             const ipvs_dest_key *dest,
                             ipvs_dest_entry *entry,
                             ipvs_error **error);

/**
 * Lists the real servers of a service, sorted by key. A long listing is read again like that
 * of ipvs_client_services().
 *
 * Free `*list` with ipvs_dest_list_free().
 * NULL: only `error` may be.
 * Fails with IPVS_SERVICE_NOT_FOUND.
 * Kernel: IPVS_CMD_GET_DEST; ipvsadm: -L with a service.
 */
ipvs_status ipvs_client_dests(const ipvs_client *client,
                              const ipvs_service_key *service,
                              ipvs_dest_list **list,
                              ipvs_error **error);

/**
 * How many there are.
 *
 * NULL: 0.
 */
size_t ipvs_dest_list_length(const ipvs_dest_list *list);

/**
 * Copies the one at `index`, counted from 0.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT past the end.
 */
ipvs_status ipvs_dest_list_at(const ipvs_dest_list *list,
                              size_t index,
                              ipvs_dest_entry *entry,
                              ipvs_error **error);

/**
 * Frees a list.
 *
 * NULL: does nothing.
 */
void ipvs_dest_list_free(ipvs_dest_list *list);

/**
 * Lists the real servers of a service one after the other, in the kernel's order, like
 * ipvs_client_stream_services().
 *
 * Free `*stream` with ipvs_dest_stream_free().
 * NULL: only `error` may be.
 * Fails as ipvs_client_dests(), here or in ipvs_dest_stream_next(); with IPVS_IO when no second
 * socket can be opened. For a client of another namespace than the calling thread's that takes
 * CAP_SYS_ADMIN.
 * Kernel: IPVS_CMD_GET_DEST; ipvsadm: -L with a service.
 */
ipvs_status ipvs_client_stream_dests(const ipvs_client *client,
                                     const ipvs_service_key *service,
                                     ipvs_dest_stream **stream,
                                     ipvs_error **error);

/**
 * Takes the next one: `*has` tells whether there was one, and `*entry` is written only then.
 * After the end, and after a failure, there is none.
 *
 * NULL: only `error` may be.
 * Fails as any that lists; then the stream is at its end.
 */
ipvs_status ipvs_dest_stream_next(ipvs_dest_stream *stream,
                                  ipvs_dest_entry *entry,
                                  bool *has,
                                  ipvs_error **error);

/**
 * Frees a stream, at its end or before.
 *
 * NULL: does nothing.
 */
void ipvs_dest_stream_free(ipvs_dest_stream *stream);

/* ---------------------------------------------------------------------------------------------
 * Sync daemons
 *
 * They copy connections to other directors. A namespace runs at most one of each role.
 * --------------------------------------------------------------------------------------------- */

/** The daemon that sends this director's connections. */
#define IPVS_MASTER 1

/** The daemon that takes in another director's connections. */
#define IPVS_BACKUP 2

/** The running daemons, master first. It is a constant: any threads may read it at once. */
typedef struct ipvs_daemon_list ipvs_daemon_list;

/**
 * A sync daemon. What is zero is left to the kernel; a daemon that is read back has every
 * field, with the value in force. As text: "master eth1 sync-id 7".
 */
typedef struct ipvs_daemon {
    /** sizeof(ipvs_daemon), by IPVS_DAEMON_INIT. */
    size_t size;
    /** IPVS_MASTER or IPVS_BACKUP. */
    uint32_t role;
    /**
     * The number that a master and its backups share, 0 to 255; a backup with 0 takes in
     * every master's connections. (The kernel stores 32 bits and sends 8.)
     */
    uint32_t sync_id;
    /** The interface it speaks on, with a NUL behind it. */
    char interface[16];
    /** The multicast group; 224.0.0.81 if nothing else is said. */
    ipvs_address group;
    /**
     * The longest message in bytes, without its IP and UDP headers (28 bytes for IPv4, 48 for
     * IPv6). The kernel clamps it to 1 (a backup's to 1024) up to 65535 less the headers. Its
     * default is 1500 less the headers, for a backup the interface's MTU if that is more.
     */
    uint16_t max_length;
    /** The UDP port; 8848 if nothing else is said. */
    uint16_t port;
    /** The multicast time to live; 1 if nothing else is said. */
    uint8_t ttl;
    /** Zeros. */
    uint8_t reserved[7];
} ipvs_daemon;
#define IPVS_DAEMON_INIT IPVS_BEGIN(ipvs_daemon)

/**
 * Starts a sync daemon; one of each role may run.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_ALREADY_EXISTS when one of that role runs, whatever its settings;
 * IPVS_INVALID_INPUT for an unknown interface, among others; IPVS_IO when the group cannot be
 * reached.
 * Kernel: IPVS_CMD_NEW_DAEMON; ipvsadm: --start-daemon.
 */
ipvs_status ipvs_client_start_daemon(const ipvs_client *client,
                                     const ipvs_daemon *daemon,
                                     ipvs_error **error);

/**
 * Stops the sync daemon of a role: IPVS_MASTER or IPVS_BACKUP.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_DAEMON_NOT_RUNNING; IPVS_IO when it still runs afterwards.
 * Kernel: IPVS_CMD_DEL_DAEMON; ipvsadm: --stop-daemon.
 */
ipvs_status ipvs_client_stop_daemon(const ipvs_client *client,
                                    uint32_t role,
                                    ipvs_error **error);

/**
 * The running sync daemons, master first.
 *
 * Free `*list` with ipvs_daemon_list_free().
 * NULL: only `error` may be.
 * Fails as any.
 * Kernel: IPVS_CMD_GET_DAEMON; ipvsadm: -L --daemon.
 */
ipvs_status ipvs_client_daemons(const ipvs_client *client,
                                ipvs_daemon_list **list,
                                ipvs_error **error);

/**
 * How many there are.
 *
 * NULL: 0.
 */
size_t ipvs_daemon_list_length(const ipvs_daemon_list *list);

/**
 * Copies the one at `index`, counted from 0.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT past the end.
 */
ipvs_status ipvs_daemon_list_at(const ipvs_daemon_list *list,
                                size_t index,
                                ipvs_daemon *daemon,
                                ipvs_error **error);

/**
 * Frees a list.
 *
 * NULL: does nothing.
 */
void ipvs_daemon_list_free(ipvs_daemon_list *list);

/**
 * Reads a role: "master" or "backup".
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_daemon_role_parse(const char *text, uint32_t *role, ipvs_error **error);

/**
 * Writes a role: see the section on addresses.
 *
 * NULL: `buffer` is only measured.
 */
size_t ipvs_daemon_role_format(uint32_t role, char *buffer, size_t length);

/**
 * Reads a daemon: its role, its interface, and what else is said of it.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_daemon_parse(const char *text,
                              ipvs_daemon *daemon,
                              ipvs_error **error);

/**
 * Writes a daemon: see the section on addresses. 256 bytes hold it.
 *
 * NULL: `daemon` gives the empty text, `buffer` is only measured.
 */
size_t ipvs_daemon_format(const ipvs_daemon *daemon, char *buffer, size_t length);

/* ---------------------------------------------------------------------------------------------
 * Timeouts
 *
 * How long an idle connection is kept. They hold for the whole network namespace and take
 * effect at a connection's next change of state. Every other timeout is fixed in the kernel.
 * --------------------------------------------------------------------------------------------- */

/** `tcp_seconds` is to change. */
#define IPVS_TIMEOUTS_EDIT_TCP 1

/** `tcp_fin_seconds` is to change. */
#define IPVS_TIMEOUTS_EDIT_TCP_FIN 2

/** `udp_seconds` is to change. */
#define IPVS_TIMEOUTS_EDIT_UDP 4

/** The three timeouts. */
typedef struct ipvs_timeouts {
    /** sizeof(ipvs_timeouts), by IPVS_TIMEOUTS_INIT. */
    size_t size;
    /** Established TCP connections. The kernel's default: 900. */
    uint32_t tcp_seconds;
    /** TCP connections after a FIN. The kernel's default: 120. */
    uint32_t tcp_fin_seconds;
    /** UDP. The kernel's default: 300. */
    uint32_t udp_seconds;
    /** Zero. */
    uint32_t reserved;
} ipvs_timeouts;
#define IPVS_TIMEOUTS_INIT IPVS_BEGIN(ipvs_timeouts)

/** The timeouts to change; the others stay as they are. */
typedef struct ipvs_timeouts_edit {
    /** sizeof(ipvs_timeouts_edit), by IPVS_TIMEOUTS_EDIT_INIT. */
    size_t size;
    /** Which of the fields below are to change: IPVS_TIMEOUTS_EDIT bits. */
    uint32_t set;
    /** Established TCP connections: 1 to 2,147,483. */
    uint32_t tcp_seconds;
    /** TCP connections after a FIN: 1 to 2,147,483. */
    uint32_t tcp_fin_seconds;
    /** UDP: 1 to 2,147,483. */
    uint32_t udp_seconds;
} ipvs_timeouts_edit;
#define IPVS_TIMEOUTS_EDIT_INIT IPVS_BEGIN(ipvs_timeouts_edit)

/**
 * The timeouts in force.
 *
 * NULL: only `error` may be.
 * Fails as any.
 * Kernel: IPVS_CMD_GET_CONFIG; ipvsadm: -L --timeout.
 */
ipvs_status ipvs_client_timeouts(const ipvs_client *client,
                                 ipvs_timeouts *timeouts,
                                 ipvs_error **error);

/**
 * Sets the given timeouts, all or none, and keeps the others.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 * Kernel: IPVS_CMD_SET_CONFIG; ipvsadm: --set.
 */
ipvs_status ipvs_client_set_timeouts(const ipvs_client *client,
                                     const ipvs_timeouts_edit *edit,
                                     ipvs_error **error);

/* ---------------------------------------------------------------------------------------------
 * Tables
 *
 * What a network namespace's IPVS should hold: services and their dests, and, where they are
 * ours to set, the timeouts and the sync daemons. ipvs_plan_new() finds what is to change.
 * --------------------------------------------------------------------------------------------- */

/** What is wanted. Any threads may read it at once, or one may change it. */
typedef struct ipvs_table ipvs_table;

/**
 * An empty table, whose timeouts and daemons are not ours. NULL only after a bug of this library.
 *
 * Free it with ipvs_table_free().
 */
ipvs_table *ipvs_table_new(void);

/**
 * Adds a service without dests behind the others. `*index` becomes its place, counted from 0.
 *
 * NULL: `index`, when nobody wants to know; `error`.
 * Fails with IPVS_INVALID_INPUT for what is no service. One that is there twice is for
 * ipvs_plan_new() to find.
 */
ipvs_status ipvs_table_add_service(ipvs_table *table,
                                   const ipvs_service *service,
                                   size_t *index,
                                   ipvs_error **error);

/**
 * Adds a dest to the service at index `service`, behind its others.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT past the end, and for what is no dest.
 */
ipvs_status ipvs_table_add_dest(ipvs_table *table,
                                size_t service,
                                const ipvs_dest *dest,
                                ipvs_error **error);

/**
 * Gives the table these timeouts.
 *
 * NULL: `timeouts`, for timeouts that are not ours to set; `error`.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_table_set_timeouts(ipvs_table *table,
                                    const ipvs_timeouts *timeouts,
                                    ipvs_error **error);

/**
 * Makes the daemons ours: those that are added, and no others; so none, if none is.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_table_own_daemons(ipvs_table *table, ipvs_error **error);

/**
 * Adds a daemon, and makes the daemons ours.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT for what is no daemon. A second one of the same role is for
 * ipvs_plan_new() to find.
 */
ipvs_status ipvs_table_add_daemon(ipvs_table *table,
                                  const ipvs_daemon *daemon,
                                  ipvs_error **error);

/**
 * How many services it has.
 *
 * NULL: 0.
 */
size_t ipvs_table_services_length(const ipvs_table *table);

/**
 * Copies the service at `index`, counted from 0, in the order in which they were added.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT past the end.
 */
ipvs_status ipvs_table_service_at(const ipvs_table *table,
                                  size_t index,
                                  ipvs_service *service,
                                  ipvs_error **error);

/**
 * How many dests the service at index `service` has; 0 past the end.
 *
 * NULL: 0.
 */
size_t ipvs_table_dests_length(const ipvs_table *table, size_t service);

/**
 * Copies the dest at `index` of the service at index `service`, both counted from 0.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT past the end.
 */
ipvs_status ipvs_table_dest_at(const ipvs_table *table,
                               size_t service,
                               size_t index,
                               ipvs_dest *dest,
                               ipvs_error **error);

/**
 * The table's timeouts: `*has` tells whether they are ours, and `*timeouts` is written only then.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_table_timeouts(const ipvs_table *table,
                                ipvs_timeouts *timeouts,
                                bool *has,
                                ipvs_error **error);

/**
 * Whether the daemons are ours.
 *
 * NULL: false.
 */
bool ipvs_table_owns_daemons(const ipvs_table *table);

/**
 * How many daemons it has.
 *
 * NULL: 0.
 */
size_t ipvs_table_daemons_length(const ipvs_table *table);

/**
 * Copies the daemon at `index`, counted from 0.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT past the end.
 */
ipvs_status ipvs_table_daemon_at(const ipvs_table *table,
                                 size_t index,
                                 ipvs_daemon *daemon,
                                 ipvs_error **error);

/**
 * Frees a table.
 *
 * NULL: does nothing.
 */
void ipvs_table_free(ipvs_table *table);

/* ---------------------------------------------------------------------------------------------
 * Snapshots
 *
 * Everything that a network namespace's IPVS held when it was read.
 * --------------------------------------------------------------------------------------------- */

/** What was seen. It is a constant: any threads may read it at once. */
typedef struct ipvs_snapshot ipvs_snapshot;

/**
 * Reads everything: services, dests, timeouts, daemons and info.
 *
 * The kernel's listings are neither atomic nor marked when something changes meanwhile, so it is
 * read until two passes in a row agree on the configuration (counters move all the time), eight
 * passes at most. What that cannot catch: a change that is undone between two passes, and one
 * that hides the same entry from both. Counters are the last pass's, and those of different
 * services are of different moments.
 *
 * Free `*snapshot` with ipvs_snapshot_free().
 * NULL: only `error` may be.
 * Fails with IPVS_CHANGED_WHILE_READING when no two passes agree.
 * Kernel: every IPVS_CMD_GET; ipvsadm: -S, and -L.
 */
ipvs_status ipvs_client_snapshot(const ipvs_client *client,
                                 ipvs_snapshot **snapshot,
                                 ipvs_error **error);

/**
 * Reads everything once: what ipvs_client_snapshot() reads, without comparing, for half of its
 * cost at most. It is enough where nobody else changes the table, and for a plan that is made
 * anew now and then: ipvs_client_apply() reads again whatever it touches.
 *
 * Free `*snapshot` with ipvs_snapshot_free().
 * NULL: only `error` may be.
 * Fails as any.
 * Kernel: every IPVS_CMD_GET; ipvsadm: -S, and -L.
 */
ipvs_status ipvs_client_list(const ipvs_client *client,
                             ipvs_snapshot **snapshot,
                             ipvs_error **error);

/**
 * The kernel's version and table size.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_snapshot_info(const ipvs_snapshot *snapshot,
                               ipvs_kernel_info *info,
                               ipvs_error **error);

/**
 * The timeouts in force.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_snapshot_timeouts(const ipvs_snapshot *snapshot,
                                   ipvs_timeouts *timeouts,
                                   ipvs_error **error);

/**
 * How many services there are.
 *
 * NULL: 0.
 */
size_t ipvs_snapshot_services_length(const ipvs_snapshot *snapshot);

/**
 * Copies the service at `index`, counted from 0; they are sorted by their keys.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT past the end.
 */
ipvs_status ipvs_snapshot_service_at(const ipvs_snapshot *snapshot,
                                     size_t index,
                                     ipvs_service_entry *entry,
                                     ipvs_error **error);

/**
 * Looks for the service of a key: `*found` tells whether there is one, and `*index` is written
 * only then.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_snapshot_find(const ipvs_snapshot *snapshot,
                               const ipvs_service_key *key,
                               size_t *index,
                               bool *found,
                               ipvs_error **error);

/**
 * How many dests the service at index `service` has; 0 past the end.
 *
 * NULL: 0.
 */
size_t ipvs_snapshot_dests_length(const ipvs_snapshot *snapshot, size_t service);

/**
 * Copies the dest at `index` of the service at index `service`, both counted from 0; they are
 * sorted by their keys.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT past the end.
 */
ipvs_status ipvs_snapshot_dest_at(const ipvs_snapshot *snapshot,
                                  size_t service,
                                  size_t index,
                                  ipvs_dest_entry *entry,
                                  ipvs_error **error);

/**
 * How many sync daemons were running.
 *
 * NULL: 0.
 */
size_t ipvs_snapshot_daemons_length(const ipvs_snapshot *snapshot);

/**
 * Copies the sync daemon at `index`, counted from 0; the master is first.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT past the end.
 */
ipvs_status ipvs_snapshot_daemon_at(const ipvs_snapshot *snapshot,
                                    size_t index,
                                    ipvs_daemon *daemon,
                                    ipvs_error **error);

/**
 * The configuration alone: everything that a table can hold, without the counters.
 *
 * Free `*table` with ipvs_table_free().
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_snapshot_table(const ipvs_snapshot *snapshot,
                                ipvs_table **table,
                                ipvs_error **error);

/**
 * Frees a snapshot.
 *
 * NULL: does nothing.
 */
void ipvs_snapshot_free(ipvs_snapshot *snapshot);

/* ---------------------------------------------------------------------------------------------
 * Scopes
 *
 * What of a network namespace's IPVS a plan may touch: nothing outside of it is ever changed,
 * whoever put it there. A service is ours when any of what was added says so, and then with
 * all of its dests.
 * --------------------------------------------------------------------------------------------- */

/** What is ours. Any threads may read it at once, or one may change it. */
typedef struct ipvs_scope ipvs_scope;

/**
 * Every service, the timeouts and the daemons. NULL only after a bug of this library.
 *
 * Free it with ipvs_scope_free().
 */
ipvs_scope *ipvs_scope_everything(void);

/**
 * Nothing yet. NULL only after a bug of this library.
 *
 * Free it with ipvs_scope_free().
 */
ipvs_scope *ipvs_scope_nothing(void);

/**
 * Adds every service.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_scope_add_every_service(ipvs_scope *scope, ipvs_error **error);

/**
 * Adds one service.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_scope_add_service(ipvs_scope *scope,
                                   const ipvs_service_key *key,
                                   ipvs_error **error);

/**
 * Adds the services of every virtual address that begins with the first `length` bits of
 * `network`. A length above 32 (IPv4) or 128 (IPv6) is taken for that.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_scope_add_prefix(ipvs_scope *scope,
                                  const ipvs_address *network,
                                  uint8_t length,
                                  ipvs_error **error);

/**
 * Adds the services of the firewall marks from `first` to `last`, of one family: IPVS_IPV4 or
 * IPVS_IPV6.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_scope_add_marks(ipvs_scope *scope,
                                 uint32_t first,
                                 uint32_t last,
                                 uint16_t family,
                                 ipvs_error **error);

/**
 * Adds the timeouts.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_scope_add_timeouts(ipvs_scope *scope, ipvs_error **error);

/**
 * Adds the sync daemons, both roles.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_scope_add_daemons(ipvs_scope *scope, ipvs_error **error);

/**
 * Whether a service is ours.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_scope_contains(const ipvs_scope *scope,
                                const ipvs_service_key *key,
                                bool *contains,
                                ipvs_error **error);

/**
 * Frees a scope.
 *
 * NULL: does nothing.
 */
void ipvs_scope_free(ipvs_scope *scope);

/* ---------------------------------------------------------------------------------------------
 * Plans
 *
 * The changes that turn what was seen into what is wanted: the fewest, in an order that never
 * drops traffic. ipvs_client_apply() makes them.
 * --------------------------------------------------------------------------------------------- */

/** Adds a service. */
#define IPVS_CHANGE_ADD_SERVICE 1

/** Replaces a service. */
#define IPVS_CHANGE_UPDATE_SERVICE 2

/** Removes a service and its dests. */
#define IPVS_CHANGE_REMOVE_SERVICE 3

/** Adds a dest. */
#define IPVS_CHANGE_ADD_DEST 4

/** Replaces a dest. */
#define IPVS_CHANGE_UPDATE_DEST 5

/** Removes a dest. */
#define IPVS_CHANGE_REMOVE_DEST 6

/** Starts a sync daemon. */
#define IPVS_CHANGE_START_DAEMON 7

/** Stops a sync daemon. */
#define IPVS_CHANGE_STOP_DAEMON 8

/** Sets timeouts. */
#define IPVS_CHANGE_SET_TIMEOUTS 9

/** It is wanted and not there. */
#define IPVS_REASON_MISSING 1

/** It is there and differs in some fields. */
#define IPVS_REASON_DIFFERS 2

/** It is there and not wanted. */
#define IPVS_REASON_UNWANTED 3

/** It is there, not wanted, and has connections, which may finish. */
#define IPVS_REASON_DRAINING 4

/** The scheduler differs. */
#define IPVS_DIFFERS_SCHEDULER 1

/** The flags differ. */
#define IPVS_DIFFERS_FLAGS 2

/** The persistence timeout differs. */
#define IPVS_DIFFERS_PERSISTENCE_TIMEOUT 4

/** The persistence netmask differs. */
#define IPVS_DIFFERS_PERSISTENCE_NETMASK 8

/** The persistence engine differs. */
#define IPVS_DIFFERS_PERSISTENCE_ENGINE 16

/** The forwarding method differs. */
#define IPVS_DIFFERS_FORWARD 32

/** The tunnel differs. */
#define IPVS_DIFFERS_TUNNEL 64

/** The weight differs. */
#define IPVS_DIFFERS_WEIGHT 128

/** The upper threshold differs. */
#define IPVS_DIFFERS_UPPER_THRESHOLD 256

/** The lower threshold differs. */
#define IPVS_DIFFERS_LOWER_THRESHOLD 512

/** The TCP timeout differs. */
#define IPVS_DIFFERS_TCP 1024

/** The TCP FIN timeout differs. */
#define IPVS_DIFFERS_TCP_FIN 2048

/** The UDP timeout differs. */
#define IPVS_DIFFERS_UDP 4096

/** The daemon's interface differs. */
#define IPVS_DIFFERS_INTERFACE 8192

/** The daemon's sync id differs. */
#define IPVS_DIFFERS_SYNC_ID 16384

/** The daemon's longest message differs. */
#define IPVS_DIFFERS_MAX_LENGTH 32768

/** The daemon's multicast group differs. */
#define IPVS_DIFFERS_GROUP 65536

/** The daemon's port differs. */
#define IPVS_DIFFERS_PORT 131072

/** The daemon's time to live differs. */
#define IPVS_DIFFERS_TTL 262144

/** A plan. It is a constant: any threads may read it at once. */
typedef struct ipvs_plan ipvs_plan;

/** A change of a plan: what it is about, and why it is there. */
typedef struct ipvs_planned_change {
    /** sizeof(ipvs_planned_change), by IPVS_PLANNED_CHANGE_INIT. */
    size_t size;
    /** What is done: an IPVS_CHANGE number, or a later version's. */
    uint32_t change;
    /** Why: an IPVS_REASON number. */
    uint32_t reason;
    /** With IPVS_REASON_DIFFERS: IPVS_DIFFERS bits. */
    uint32_t differences;
    /** With a daemon: its role. Otherwise 0. */
    uint32_t role;
    /** With a service or a dest: the service. Otherwise zeros. */
    ipvs_service_key service;
    /** With a dest: its key. Otherwise zeros. */
    ipvs_dest_key dest;
} ipvs_planned_change;
#define IPVS_PLANNED_CHANGE_INIT IPVS_BEGIN(ipvs_planned_change)

/**
 * Plans what turns `seen` into `wanted`, within `scope`. Nothing is read and nothing is sent. What
 * is equal to the kernel is equal here, so a table that is in force plans nothing. The order is
 * one in which no connection that is known is dropped if it could be kept, and none refused that
 * could be served:
 *
 * 1. the timeouts; daemons that are not wanted are stopped;
 * 2. new services, each with its dests, and new dests;
 * 3. services and dests that differ, those dests last that are to take less than before;
 * 4. dests that are not wanted any more: one that still has connections gets weight 0 and stays
 *    until a later plan finds it empty; one without connections is removed;
 * 5. services that are not wanted any more;
 * 6. daemons that are wanted otherwise are stopped and started anew, new ones started.
 *
 * Free `*plan` with ipvs_plan_free().
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT when `wanted` holds a service or a dest twice, a role's daemon
 * twice, or something that is outside of the scope.
 */
ipvs_status ipvs_plan_new(const ipvs_snapshot *seen,
                          const ipvs_table *wanted,
                          const ipvs_scope *scope,
                          ipvs_plan **plan,
                          ipvs_error **error);

/**
 * Plans as ipvs_plan_new(), without draining: dests that are not wanted are removed whatever
 * connections they have.
 *
 * Free `*plan` with ipvs_plan_free().
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT when `wanted` holds a service or a dest twice, a role's daemon
 * twice, or something that is outside of the scope.
 */
ipvs_status ipvs_plan_at_once(const ipvs_snapshot *seen,
                              const ipvs_table *wanted,
                              const ipvs_scope *scope,
                              ipvs_plan **plan,
                              ipvs_error **error);

/**
 * Reads what is there, and plans what turns it into `wanted`, within `scope`: ipvs_plan_new() over
 * what ipvs_client_list() reads, at a fraction of its cost. What no plan needs is not read, which
 * are the counters, and the dests of services that are not in `wanted`. The dests of IPv4
 * services come through the kernel's older interface where that tells everything about them (of
 * tunnels it does not).
 *
 * Free `*plan` with ipvs_plan_free().
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT, as ipvs_plan_new().
 * Kernel: every IPVS_CMD_GET, and IP_VS_SO_GET_DESTS; ipvsadm: none.
 */
ipvs_status ipvs_client_plan(const ipvs_client *client,
                             const ipvs_table *wanted,
                             const ipvs_scope *scope,
                             ipvs_plan **plan,
                             ipvs_error **error);

/**
 * How many changes it has; 0 when there is nothing to change now. (Something may be draining.)
 *
 * NULL: 0.
 */
size_t ipvs_plan_length(const ipvs_plan *plan);

/**
 * Copies the change at `index`, counted from 0, in the order in which they are made.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT past the end.
 */
ipvs_status ipvs_plan_at(const ipvs_plan *plan,
                         size_t index,
                         ipvs_planned_change *change,
                         ipvs_error **error);

/**
 * Prints the change at `index` as ipvsadm takes it, without a line end.
 *
 * Free `*text` with ipvs_text_free().
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT past the end, and for what no line can say.
 */
ipvs_status ipvs_plan_rule_at(const ipvs_plan *plan,
                              size_t index,
                              ipvs_text **text,
                              ipvs_error **error);

/**
 * Says why the change at `index` is there, such as "it differs in weight".
 *
 * Free `*text` with ipvs_text_free().
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT past the end.
 */
ipvs_status ipvs_plan_reason_at(const ipvs_plan *plan,
                                size_t index,
                                ipvs_text **text,
                                ipvs_error **error);

/**
 * A line for each change: what, and why in brackets.
 *
 * Free `*text` with ipvs_text_free().
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_plan_to_text(const ipvs_plan *plan,
                              ipvs_text **text,
                              ipvs_error **error);

/**
 * How many dests are not wanted and stay for now, since they have connections: plan again later.
 *
 * NULL: 0.
 */
size_t ipvs_plan_draining_length(const ipvs_plan *plan);

/**
 * Copies the keys of the draining dest at `index`, counted from 0, and of its service.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT past the end.
 */
ipvs_status ipvs_plan_draining_at(const ipvs_plan *plan,
                                  size_t index,
                                  ipvs_service_key *service,
                                  ipvs_dest_key *dest,
                                  ipvs_error **error);

/**
 * Frees a plan.
 *
 * NULL: does nothing.
 */
void ipvs_plan_free(ipvs_plan *plan);

/* ---------------------------------------------------------------------------------------------
 * Reports
 *
 * What became of each of many changes, in their order.
 * --------------------------------------------------------------------------------------------- */

/** What became of changes. It is a constant: any threads may read it at once. */
typedef struct ipvs_report ipvs_report;

/**
 * How many changes it tells of.
 *
 * NULL: 0.
 */
size_t ipvs_report_length(const ipvs_report *report);

/**
 * What became of the change at `index`, counted from 0: NULL when it was made, and past the end;
 * else why not. The error lives as long as the report, and is not to be freed.
 *
 * NULL: NULL.
 */
const ipvs_error *ipvs_report_error(const ipvs_report *report,
                                    size_t index);

/**
 * The error of the first change that failed, or NULL when every change was made. It lives as long
 * as the report, and is not to be freed.
 *
 * NULL: NULL.
 */
const ipvs_error *ipvs_report_first_error(const ipvs_report *report);

/**
 * How many changes failed.
 *
 * NULL: 0.
 */
size_t ipvs_report_failures(const ipvs_report *report);

/**
 * Frees a report and its errors.
 *
 * NULL: does nothing.
 */
void ipvs_report_free(ipvs_report *report);

/* ---------------------------------------------------------------------------------------------
 * Applying a plan
 *
 * At once, or in steps that the caller takes: each is one send, or the reading again of some of
 * what was touched. That gives progress and a place to stop. Whatever interrupts it, a plan of
 * a new snapshot goes on from there.
 * --------------------------------------------------------------------------------------------- */

/** A plan that is carried out in steps. One thread at a time may use it. */
typedef struct ipvs_apply ipvs_apply;

/**
 * Carries out a plan: sends it, reads what it touched again, and makes up for what somebody else
 * changed of that meanwhile. (What it does not touch is not looked at: for that plan again, from
 * a new snapshot.)
 *
 * The report has a result for each change: why it is not in force, if it is not; among them
 * IPVS_SERVICE_NOT_FOUND when somebody else removed a service that the plan edits, and
 * IPVS_CHANGED_WHILE_READING when somebody else kept changing something back.
 *
 * Free `*report` with ipvs_report_free().
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT; whatever else fails is in the report.
 * Kernel: those of the changes; ipvsadm: none, -R does not look at what is there.
 */
ipvs_status ipvs_client_apply(const ipvs_client *client,
                              const ipvs_plan *plan,
                              ipvs_report **report,
                              ipvs_error **error);

/**
 * A plan of which nothing is carried out yet. It copies the plan, which may be freed.
 *
 * Free `*apply` with ipvs_apply_free(), at its end or before.
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_apply_new(const ipvs_plan *plan,
                           ipvs_apply **apply,
                           ipvs_error **error);

/**
 * Takes the next step, one send or some readings; `*more` tells whether there is another one.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT, also once its report is taken; whatever else fails is in the
 * report.
 */
ipvs_status ipvs_apply_step(ipvs_apply *apply,
                            const ipvs_client *client,
                            bool *more,
                            ipvs_error **error);

/**
 * How many of the plan's changes are sent, or were refused before; 0 once its report is taken.
 *
 * NULL: 0.
 */
size_t ipvs_apply_sent(const ipvs_apply *apply);

/**
 * Takes its report: what became of each of the plan's changes so far. It takes no more steps
 * then, and is still to be freed.
 *
 * Free `*report` with ipvs_report_free().
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT, also once the report is taken.
 */
ipvs_status ipvs_apply_into_report(ipvs_apply *apply,
                                   ipvs_report **report,
                                   ipvs_error **error);

/**
 * Frees what is left of it.
 *
 * NULL: does nothing.
 */
void ipvs_apply_free(ipvs_apply *apply);

/* ---------------------------------------------------------------------------------------------
 * Batches
 *
 * Changes to be made one after the other, in few system calls. A batch is a plain value: it
 * changes nothing until ipvs_client_batch().
 * --------------------------------------------------------------------------------------------- */

/** Changes in their order. Any threads may read it at once, or one may change it. */
typedef struct ipvs_batch ipvs_batch;

/**
 * An empty batch. NULL only after a bug of this library.
 *
 * Free it with ipvs_batch_free().
 */
ipvs_batch *ipvs_batch_new(void);

/**
 * A plan's changes as a batch, which makes them without reading again what they touch.
 *
 * Free `*batch` with ipvs_batch_free().
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_batch_from_plan(const ipvs_plan *plan,
                                 ipvs_batch **batch,
                                 ipvs_error **error);

/**
 * The changes that make a table out of an empty one: each service and then its dests, in the
 * table's order; the timeouts; the daemons.
 *
 * Free `*batch` with ipvs_batch_free().
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_batch_from_table(const ipvs_table *table,
                                  ipvs_batch **batch,
                                  ipvs_error **error);

/**
 * Adds what ipvs_client_add_service() does.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT, for arguments that are none.
 */
ipvs_status ipvs_batch_add_service(ipvs_batch *batch,
                                   const ipvs_service *service,
                                   ipvs_error **error);

/**
 * Adds what ipvs_client_update_service() does.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT, for arguments that are none.
 */
ipvs_status ipvs_batch_update_service(ipvs_batch *batch,
                                      const ipvs_service *service,
                                      ipvs_error **error);

/**
 * Adds what ipvs_client_remove_service() does.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT, for arguments that are none.
 */
ipvs_status ipvs_batch_remove_service(ipvs_batch *batch,
                                      const ipvs_service_key *key,
                                      ipvs_error **error);

/**
 * Adds what ipvs_client_zero_service() does.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT, for arguments that are none.
 */
ipvs_status ipvs_batch_zero_service(ipvs_batch *batch,
                                    const ipvs_service_key *key,
                                    ipvs_error **error);

/**
 * Adds what ipvs_client_add_dest() does.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT, for arguments that are none.
 */
ipvs_status ipvs_batch_add_dest(ipvs_batch *batch,
                                const ipvs_service_key *service,
                                const ipvs_dest *dest,
                                ipvs_error **error);

/**
 * Adds what ipvs_client_update_dest() does.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT, for arguments that are none.
 */
ipvs_status ipvs_batch_update_dest(ipvs_batch *batch,
                                   const ipvs_service_key *service,
                                   const ipvs_dest *dest,
                                   ipvs_error **error);

/**
 * Adds what ipvs_client_remove_dest() does.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT, for arguments that are none.
 */
ipvs_status ipvs_batch_remove_dest(ipvs_batch *batch,
                                   const ipvs_service_key *service,
                                   const ipvs_dest_key *dest,
                                   ipvs_error **error);

/**
 * Adds what ipvs_client_start_daemon() does.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT, for arguments that are none.
 */
ipvs_status ipvs_batch_start_daemon(ipvs_batch *batch,
                                    const ipvs_daemon *daemon,
                                    ipvs_error **error);

/**
 * Adds what ipvs_client_stop_daemon() does.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT, for arguments that are none.
 */
ipvs_status ipvs_batch_stop_daemon(ipvs_batch *batch,
                                   uint32_t role,
                                   ipvs_error **error);

/**
 * Adds what ipvs_client_set_timeouts() does.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT, for arguments that are none.
 */
ipvs_status ipvs_batch_set_timeouts(ipvs_batch *batch,
                                    const ipvs_timeouts_edit *edit,
                                    ipvs_error **error);

/**
 * Adds what ipvs_client_flush() does.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT, for arguments that are none.
 */
ipvs_status ipvs_batch_flush(ipvs_batch *batch, ipvs_error **error);

/**
 * Adds what ipvs_client_zero() does.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT, for arguments that are none.
 */
ipvs_status ipvs_batch_zero(ipvs_batch *batch, ipvs_error **error);

/**
 * How many changes it has.
 *
 * NULL: 0.
 */
size_t ipvs_batch_length(const ipvs_batch *batch);

/**
 * Frees a batch.
 *
 * NULL: does nothing.
 */
void ipvs_batch_free(ipvs_batch *batch);

/**
 * Makes many changes, in order, up to two hundred in a system call.
 *
 * Each has its result in the report. A change that is refused leaves the others alone. Where
 * the kernel's answers were lost (IPVS_OVERRUN, IPVS_TIMED_OUT), what the change is about is read
 * again, so that ipvs_error_applied() tells whether things are as it wants them now. Nothing is
 * ever sent twice. When the kernel cannot be reached, or does not answer, the rest is not sent,
 * and each of it reported with that error.
 *
 * Free `*report` with ipvs_report_free().
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT; whatever else fails is in the report.
 * Kernel: those of the changes; ipvsadm: -R.
 */
ipvs_status ipvs_client_batch(const ipvs_client *client,
                              const ipvs_batch *batch,
                              ipvs_report **report,
                              ipvs_error **error);

/* ---------------------------------------------------------------------------------------------
 * Rules
 *
 * The lines that ipvsadm -S writes and ipvsadm -R reads, each of which is a whole command line
 * of the tool; such as "-A -t 192.0.2.1:80 -s wrr". Lines that begin with # are comments. The
 * grammar is that of ipvsadm 1.31, where that is not plainly broken.
 * --------------------------------------------------------------------------------------------- */

/** Prints a table's timeouts and daemons too, which ipvsadm -S never does and ipvsadm -R takes. */
#define IPVS_RULES_EXTRAS 1

/**
 * Prints as ipvsadm -S does: what that leaves out (thresholds, a netmask without persistence)
 * is left out.
 */
#define IPVS_RULES_ORIGINAL 2

/**
 * Makes a table of lines: -A for each service and -a for its dests, as ipvsadm -S -n writes
 * them; and, once each, --set for its timeouts and --start-daemon for its daemons. Names of
 * hosts and services are mistakes: addresses and ports are numbers.
 *
 * Free `*table` with ipvs_table_free().
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT at the first line that is no rule, with its line, column and word;
 * at another command, a service or dest that is there already, a dest whose service is not
 * there yet.
 * ipvsadm: -R.
 */
ipvs_status ipvs_table_from_rules(const char *text,
                                  ipvs_table **table,
                                  ipvs_error **error);

/**
 * Prints a table as lines, each with a line end, with IPVS_RULES flags or 0.
 *
 * Free `*text` with ipvs_text_free().
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT and the field that no line can say: other protocols and forwarding
 * methods, a dest's own port without masquerading, unknown flags.
 * ipvsadm: -S -n.
 */
ipvs_status ipvs_table_to_rules(const ipvs_table *table,
                                uint32_t flags,
                                ipvs_text **text,
                                ipvs_error **error);

/**
 * Makes a batch of the changes of lines, whatever they change: everything that ipvsadm -R takes.
 *
 * Free `*batch` with ipvs_batch_free().
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT as ipvs_table_from_rules(), and at a command that changes nothing.
 * ipvsadm: -R.
 */
ipvs_status ipvs_batch_from_rules(const char *text,
                                  ipvs_batch **batch,
                                  ipvs_error **error);

/**
 * Prints the changes of a plan as lines, each with a line end, with IPVS_RULES flags or 0.
 *
 * Free `*text` with ipvs_text_free().
 * NULL: only `error` may be.
 * Fails as ipvs_table_to_rules().
 * ipvsadm: what -R would take.
 */
ipvs_status ipvs_plan_to_rules(const ipvs_plan *plan,
                               uint32_t flags,
                               ipvs_text **text,
                               ipvs_error **error);

/* ---------------------------------------------------------------------------------------------
 * Draining a dest
 *
 * A real server that leaves without breaking a connection: weight 0, so that new connections
 * go elsewhere; then waiting until those it has are gone; then its removal. The caller takes
 * the steps, as often as it likes: nothing happens in between. What it has come to is in the
 * kernel, so a program that was restarted begins anew with the same values and goes on.
 *
 * It waits for the established connections of TCP and SCTP services; of every other service,
 * firewall marks included, for all connections, since the kernel never counts a UDP flow as
 * established; of a persistent service for its templates too, unless the sysctl
 * expire_quiescent_template is set; and for nothing any more when the deadline is past.
 * --------------------------------------------------------------------------------------------- */

/** Waits for every connection, those that are closing too. */
#define IPVS_DRAIN_UNTIL_EMPTY 1

/** It has connections that are waited for. */
#define IPVS_DRAIN_WAITING 1

/** It is removed; the connections it had were cut off. */
#define IPVS_DRAIN_REMOVED 2

/** It is not there any more: somebody else removed it, or its service. */
#define IPVS_DRAIN_GONE 3

/** Somebody gave it a weight again since the first step: it stays. */
#define IPVS_DRAIN_RESTORED 4

/** A real server that is leaving. One thread at a time may use it. */
typedef struct ipvs_drain ipvs_drain;

/** How a real server leaves. Zeros are the defaults. */
typedef struct ipvs_drain_options {
    /** sizeof(ipvs_drain_options), by IPVS_DRAIN_OPTIONS_INIT. */
    size_t size;
    /** IPVS_DRAIN_UNTIL_EMPTY, or 0. */
    uint64_t flags;
    /**
     * When it is removed whatever connections it has, in seconds since 1970 as time() has
     * them; 0 for never.
     */
    uint64_t deadline_unix_seconds;
} ipvs_drain_options;
#define IPVS_DRAIN_OPTIONS_INIT IPVS_BEGIN(ipvs_drain_options)

/** What a step came to. */
typedef struct ipvs_drain_state {
    /** sizeof(ipvs_drain_state), by IPVS_DRAIN_STATE_INIT. */
    size_t size;
    /** IPVS_DRAIN_WAITING, _REMOVED, _GONE, _RESTORED, or a later version's: 0 is none. */
    uint32_t state;
    /** Waiting, removed: established connections. */
    uint32_t active_connections;
    /** Waiting, removed: connections in every other state, and every UDP flow. */
    uint32_t inactive_connections;
    /** Waiting, removed: persistence templates, clients that would come back. */
    uint32_t persistent_connections;
    /** Restored: the weight. */
    uint32_t weight;
    /** Zero. */
    uint32_t reserved;
} ipvs_drain_state;
#define IPVS_DRAIN_STATE_INIT IPVS_BEGIN(ipvs_drain_state)

/**
 * The leaving of a real server; nothing is done before the first step.
 *
 * Free `*drain` with ipvs_drain_free(), whatever it has come to.
 * NULL: `options` stands for no deadline, and the usual connections; `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_drain_new(const ipvs_service_key *service,
                           const ipvs_dest_key *dest,
                           const ipvs_drain_options *options,
                           ipvs_drain **drain,
                           ipvs_error **error);

/**
 * Takes a step: quiesces the dest, looks whether its connections are gone, or removes it. The
 * first step that removes is never the one that quiesces, unless the deadline is past: a packet
 * may be under way. After IPVS_DRAIN_WAITING wait a while and take another one.
 *
 * NULL: only `error` may be.
 * Fails as ipvs_client_dest(), ipvs_client_edit_dest(), ipvs_client_remove_dest() and
 * ipvs_client_sysctl(), except that a dest that is not there is IPVS_DRAIN_GONE. The step can be
 * taken again.
 * Kernel: IPVS_CMD_GET_DEST, IPVS_CMD_SET_DEST, IPVS_CMD_DEL_DEST; ipvsadm: none.
 */
ipvs_status ipvs_drain_step(ipvs_drain *drain,
                            const ipvs_client *client,
                            ipvs_drain_state *state,
                            ipvs_error **error);

/**
 * Gives the dest back the weight that it had before the first step; nothing if there was none.
 *
 * NULL: only `error` may be.
 * Fails as ipvs_client_edit_dest(). It can be tried again.
 * Kernel: IPVS_CMD_SET_DEST; ipvsadm: -e with -w.
 */
ipvs_status ipvs_drain_cancel(ipvs_drain *drain,
                              const ipvs_client *client,
                              ipvs_error **error);

/**
 * Frees it; the dest stays as it is.
 *
 * NULL: does nothing.
 */
void ipvs_drain_free(ipvs_drain *drain);

/* ---------------------------------------------------------------------------------------------
 * Connections
 *
 * The connection table as the kernel shows it in files. In the calling thread's own network
 * namespace reading it takes no privilege, elsewhere CAP_SYS_ADMIN.
 * --------------------------------------------------------------------------------------------- */

/** Nothing tells: only ipvs_client_synced_connections() does. */
#define IPVS_ORIGIN_UNKNOWN 0

/** It was made here. */
#define IPVS_ORIGIN_LOCAL 1

/** A sync daemon learned of it. */
#define IPVS_ORIGIN_SYNCED 2

/** It is a persistence template and no connection. */
#define IPVS_CONNECTION_TEMPLATE 1

/**
 * It is a template that the kernel gave up, since its real server is gone or takes no more
 * clients; its ports are lost.
 */
#define IPVS_CONNECTION_INVALIDATED 2

/**
 * The rows of the connection table, read as they are asked for. One thread at a time may use
 * it.
 */
typedef struct ipvs_connection_stream ipvs_connection_stream;

/**
 * One row of the connection table: a connection, or the template that keeps a client with its
 * real server while a service is persistent.
 */
typedef struct ipvs_connection {
    /** sizeof(ipvs_connection), by IPVS_CONNECTION_INIT. */
    size_t size;
    /** How long it lives on without another packet, in whole seconds, rounded down. */
    uint64_t expires_seconds;
    /**
     * What the client connected to: an address and port in any connection; a firewall mark in
     * the template of a service that is one. A template's port is 0 when it holds for every
     * port. The protocol is any that the kernel has a number for.
     */
    ipvs_service_key service;
    /** The real server. A template's port is 0 when it holds for every port. */
    ipvs_dest_key dest;
    /** Who connected. In a template the network that the service's netmask makes of it. */
    ipvs_address client;
    /** The client's port; 0 in a template. */
    uint16_t client_port;
    /** An IPVS_ORIGIN number. */
    uint8_t origin;
    /** IPVS_CONNECTION flags. */
    uint8_t flags;
    /**
     * The state of the protocol, or of the template, by the kernel's name for it, such as
     * "ESTABLISHED", with a NUL behind it.
     */
    char state[16];
    /** What recognises the client, with a NUL behind it; empty when nothing does. */
    char persistence_engine[20];
    /** How many bytes of `persistence_data` are meant. */
    uint16_t persistence_length;
    /** What the engine recognises the client by: SIP's Call-ID, for one. It need not be text. */
    uint8_t persistence_data[255];
    /** Zeros. */
    uint8_t reserved[3];
} ipvs_connection;
#define IPVS_CONNECTION_INIT IPVS_BEGIN(ipvs_connection)

/**
 * Reads the connection table one row after the other, in the kernel's order: connections, and
 * the templates that keep a client with its real server.
 *
 * Memory stays flat however many there are. What comes and goes meanwhile may be missed or
 * repeated. The kernel hands out some 50 rows at a time; before Linux 7.1 it begins each time at
 * the table's beginning and walks through the connections of every namespace, so the time grows
 * with the square of their number.
 *
 * Free `*stream` with ipvs_connection_stream_free().
 * NULL: only `error` may be.
 * Fails with IPVS_MODULE_MISSING, IPVS_PROTOCOL, IPVS_PERMISSION_DENIED, IPVS_IO, IPVS_FORKED.
 * Kernel: /proc/net/ip_vs_conn; ipvsadm: -L -c.
 */
ipvs_status ipvs_client_connections(const ipvs_client *client,
                                    ipvs_connection_stream **stream,
                                    ipvs_error **error);

/**
 * Reads the connection table with the origin of each row, and without its persistence data; else
 * as ipvs_client_connections().
 *
 * Free `*stream` with ipvs_connection_stream_free().
 * NULL: only `error` may be.
 * Fails with IPVS_MODULE_MISSING, IPVS_PROTOCOL, IPVS_PERMISSION_DENIED, IPVS_IO, IPVS_FORKED.
 * Kernel: /proc/net/ip_vs_conn_sync; ipvsadm: none.
 */
ipvs_status ipvs_client_synced_connections(const ipvs_client *client,
                                           ipvs_connection_stream **stream,
                                           ipvs_error **error);

/**
 * Takes the next row: `*has` tells whether there was one, and `*connection` is written only then.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_PROTOCOL for a row that cannot be understood, behind which the next ones follow;
 * with IPVS_IO at a failure to read, behind which there is none.
 */
ipvs_status ipvs_connection_stream_next(ipvs_connection_stream *stream,
                                        ipvs_connection *connection,
                                        bool *has,
                                        ipvs_error **error);

/**
 * Frees a stream, at its end or before.
 *
 * NULL: does nothing.
 */
void ipvs_connection_stream_free(ipvs_connection_stream *stream);

/* ---------------------------------------------------------------------------------------------
 * Sysctls
 *
 * The settings net.ipv4.vs of the client's network namespace, wherever the caller is. Names
 * are the kernel's, with or without "net.ipv4.vs."; values are text as their files hold it:
 * "1", "3 50", "0-3,8". Reading takes no privilege in the calling thread's own namespace,
 * elsewhere CAP_SYS_ADMIN.
 * --------------------------------------------------------------------------------------------- */

/**
 * Reads a sysctl.
 *
 * Free `*value` with ipvs_text_free().
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT for a name that is none; IPVS_UNSUPPORTED where this kernel does
 * not have it; IPVS_MODULE_MISSING where the namespace has none at all; IPVS_PROTOCOL for a text
 * that is no value of its form; IPVS_PERMISSION_DENIED, IPVS_IO, IPVS_FORKED.
 * Kernel: /proc/sys/net/ipv4/vs; ipvsadm: none.
 */
ipvs_status ipvs_client_sysctl(const ipvs_client *client,
                               const char *name,
                               ipvs_text **value,
                               ipvs_error **error);

/**
 * Sets a sysctl. A number out of its range is refused, unless the checks are the kernel's.
 *
 * NULL: only `error` may be.
 * Fails as ipvs_client_sysctl(); with IPVS_INVALID_INPUT for a value that is refused, here or by
 * the kernel; with IPVS_PERMISSION_DENIED also where /proc/sys is mounted for reading only.
 * Kernel: /proc/sys/net/ipv4/vs; ipvsadm: none.
 */
ipvs_status ipvs_client_set_sysctl(const ipvs_client *client,
                                   const char *name,
                                   const char *value,
                                   ipvs_error **error);

/* ---------------------------------------------------------------------------------------------
 * The fake kernel
 *
 * An IPVS kernel in memory: for tests of programs that use this library, which need neither
 * root nor a kernel module. ipvs_fake_kernel_client() opens an ipvs_client on it, which does
 * everything that one of a real kernel does, through the same datagrams.
 *
 * It knows every command, the errno of each mistake, the order and the parts of listings, and
 * what differs between releases. It moves no packets: what they would do, a test sets. It has
 * neither threads nor a clock: time is what the test lets go by.
 * --------------------------------------------------------------------------------------------- */

/** Who asks has no CAP_NET_ADMIN: every command is EPERM. */
#define IPVS_FAKE_UNPRIVILEGED 1

/** The kernel does not speak IPv6. */
#define IPVS_FAKE_WITHOUT_IPV6 2

/** No module is loaded from the beginning, not even ip_vs. */
#define IPVS_FAKE_NOTHING_LOADED 4

/**
 * A machine with an IPVS kernel, in memory. Any threads may use it at once. It lives as long as
 * it, a namespace of it or a client does.
 */
typedef struct ipvs_fake_kernel ipvs_fake_kernel;

/**
 * A network namespace of a fake kernel: a handle, of which there may be many. Any threads may
 * use it at once.
 */
typedef struct ipvs_fake_namespace ipvs_fake_namespace;

/** The machine that a fake kernel runs on, and how it was built. Zeros are the defaults. */
typedef struct ipvs_fake_options {
    /** sizeof(ipvs_fake_options), by IPVS_FAKE_OPTIONS_INIT. */
    size_t size;
    /**
     * What the order of services in a listing depends on: a kernel has another one after each
     * boot.
     */
    uint64_t seed;
    /**
     * The kernel's release, such as "6.1.176". NULL: the newest that the fake was compared
     * with.
     */
    const char *release;
    /**
     * Modules that there are not, separated by blanks: "ip_vs_mh ip_vs_twos". NULL: none. (There
     * are ip_vs, every scheduler, ip_vs_ftp and ip_vs_pe_sip.)
     */
    const char *without_modules;
    /**
     * Modules that are loaded from the beginning, separated by blanks. NULL: no more than
     * ip_vs.
     */
    const char *loaded_modules;
    /** IPVS_FAKE flags. */
    uint32_t flags;
    /** The kernel's clock ticks a second: 100, 250, 300 or 1000. 0: 250. */
    uint32_t hz;
    /** How many processors there are. 0: 1. */
    uint32_t processors;
    /** The size of the connection table as a power of two, 8 to 27. 0: 12. */
    uint32_t connection_table_bits;
} ipvs_fake_options;
#define IPVS_FAKE_OPTIONS_INIT IPVS_BEGIN(ipvs_fake_options)

/**
 * Makes a kernel.
 *
 * Free `*kernel` with ipvs_fake_kernel_free().
 * NULL: `options` stands for every default; `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_fake_kernel_new(const ipvs_fake_options *options,
                                 ipvs_fake_kernel **kernel,
                                 ipvs_error **error);

/**
 * Frees it; its clients and namespaces go on.
 *
 * NULL: does nothing.
 */
void ipvs_fake_kernel_free(ipvs_fake_kernel *kernel);

/**
 * Opens a client of it, as ipvs_client_open() opens one of the system's: the current namespace is
 * the initial one, IPVS_NAMESPACE_NEW a new one in which not even lo is up, and of a path the
 * file's name is that of a namespace that ipvs_fake_kernel_namespace() made. Deadlines are of
 * the kernel's own time.
 *
 * Free `*client` with ipvs_client_free().
 * NULL: `options` stands for every default; `error` may be.
 * Fails with IPVS_MODULE_MISSING; IPVS_IO for a namespace that is not there;
 * IPVS_PERMISSION_DENIED for any but the initial one without privileges; IPVS_INVALID_INPUT, for
 * IPVS_NAMESPACE_FD too; and with what a fault says.
 */
ipvs_status ipvs_fake_kernel_client(const ipvs_fake_kernel *kernel,
                                    const ipvs_client_options *options,
                                    ipvs_client **client,
                                    ipvs_error **error);

/**
 * The network namespace that is there from the beginning, in which lo is up.
 *
 * Free `*space` with ipvs_fake_namespace_free().
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_fake_kernel_initial(const ipvs_fake_kernel *kernel,
                                     ipvs_fake_namespace **space,
                                     ipvs_error **error);

/**
 * The network namespace of a name. It is made if there is none, with lo up.
 *
 * Free `*space` with ipvs_fake_namespace_free(); the namespace stays.
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_fake_kernel_namespace(const ipvs_fake_kernel *kernel,
                                       const char *name,
                                       ipvs_fake_namespace **space,
                                       ipvs_error **error);

/**
 * A new network namespace without a name, in which not even lo is up.
 *
 * Free `*space` with ipvs_fake_namespace_free().
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_fake_kernel_new_namespace(const ipvs_fake_kernel *kernel,
                                           ipvs_fake_namespace **space,
                                           ipvs_error **error);

/**
 * What the kernel's clock shows: how long it has been running.
 *
 * NULL: 0.
 */
uint64_t ipvs_fake_kernel_now_milliseconds(const ipvs_fake_kernel *kernel);

/**
 * Lets time go by: every two seconds the counters are sampled; connections end; removed dests are
 * forgotten.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_fake_kernel_advance(const ipvs_fake_kernel *kernel,
                                     uint64_t milliseconds,
                                     ipvs_error **error);

/**
 * Loads a module, such as "ip_vs_mh", with ip_vs if need be; `*done` tells whether it is loaded
 * then.
 *
 * NULL: `done`, when nobody wants to know; `error`.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_fake_kernel_load_module(const ipvs_fake_kernel *kernel,
                                         const char *name,
                                         bool *done,
                                         ipvs_error **error);

/**
 * Unloads a module, and before ip_vs those that need it; `*done` tells whether it was loaded and is
 * not any more. One that is in use stays: ip_vs as long as there are services, daemons or a
 * listing. What it held is lost.
 *
 * NULL: `done`, when nobody wants to know; `error`.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_fake_kernel_unload_module(const ipvs_fake_kernel *kernel,
                                           const char *name,
                                           bool *done,
                                           ipvs_error **error);

/* ---------------------------------------------------------------------------------------------
 * What happens in a fake namespace
 *
 * Packets do not flow in a fake kernel. What they would do, a test sets: interfaces,
 * connections, counters, rates.
 * --------------------------------------------------------------------------------------------- */

/** An address of an interface. The struct never grows. */
typedef struct ipvs_fake_address {
    /** The address. */
    ipvs_address address;
    /** The length of its network's prefix. */
    uint8_t prefix_length;
    /** Zeros. */
    uint8_t reserved[3];
} ipvs_fake_address;

/**
 * A network interface, as far as IPVS asks for one: whether an address is this host's, and where
 * a sync daemon speaks.
 */
typedef struct ipvs_fake_interface {
    /** sizeof(ipvs_fake_interface), by IPVS_FAKE_INTERFACE_INIT. */
    size_t size;
    /** Its name, with a NUL behind it. */
    char name[16];
    /** The longest packet it sends, in bytes. 0: 1500. */
    uint32_t mtu;
    /** 1 if it is down. */
    uint32_t down;
    /** Its addresses. */
    const ipvs_fake_address *addresses;
    /** How many there are. */
    size_t addresses_length;
} ipvs_fake_interface;
#define IPVS_FAKE_INTERFACE_INIT IPVS_BEGIN(ipvs_fake_interface)

/**
 * Opens a client of this namespace, with the deadline and the checks of `options`.
 *
 * Free `*client` with ipvs_client_free().
 * NULL: `options` stands for every default; `error` may be.
 * Fails with IPVS_MODULE_MISSING; IPVS_INVALID_INPUT; and with what a fault says.
 */
ipvs_status ipvs_fake_namespace_client(const ipvs_fake_namespace *space,
                                       const ipvs_client_options *options,
                                       ipvs_client **client,
                                       ipvs_error **error);

/**
 * Adds an interface, or replaces the one of its name.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_fake_namespace_set_interface(const ipvs_fake_namespace *space,
                                              const ipvs_fake_interface *interface,
                                              ipvs_error **error);

/**
 * Removes an interface; `*done` tells whether there was one.
 *
 * NULL: `done`, when nobody wants to know; `error`.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_fake_namespace_remove_interface(const ipvs_fake_namespace *space,
                                                 const char *name,
                                                 bool *done,
                                                 ipvs_error **error);

/**
 * Lets packets have gone through a dest: its counters, its service's and the namespace's grow by
 * these, which shows with the kernel's next sample. Rates follow by themselves, those given do
 * not count.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_SERVICE_NOT_FOUND, IPVS_DEST_NOT_FOUND, IPVS_MODULE_MISSING.
 */
ipvs_status ipvs_fake_namespace_count(const ipvs_fake_namespace *space,
                                      const ipvs_service_key *service,
                                      const ipvs_dest_key *dest,
                                      const ipvs_stats *traffic,
                                      ipvs_error **error);

/**
 * Sets the counters and rates that a service shows, at once.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_SERVICE_NOT_FOUND, IPVS_MODULE_MISSING.
 */
ipvs_status ipvs_fake_namespace_set_service_stats(const ipvs_fake_namespace *space,
                                                  const ipvs_service_key *service,
                                                  const ipvs_stats *stats,
                                                  ipvs_error **error);

/**
 * Sets the counters and rates that a dest shows, at once.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_SERVICE_NOT_FOUND, IPVS_DEST_NOT_FOUND, IPVS_MODULE_MISSING.
 */
ipvs_status ipvs_fake_namespace_set_dest_stats(const ipvs_fake_namespace *space,
                                               const ipvs_service_key *service,
                                               const ipvs_dest_key *dest,
                                               const ipvs_stats *stats,
                                               ipvs_error **error);

/**
 * Sets the counters and rates of the whole namespace, at once.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_MODULE_MISSING.
 */
ipvs_status ipvs_fake_namespace_set_total_stats(const ipvs_fake_namespace *space,
                                                const ipvs_stats *stats,
                                                ipvs_error **error);

/**
 * Sets how many connections a dest has: established ones, all others, and persistence templates.
 * They stay until they are set again.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_SERVICE_NOT_FOUND, IPVS_DEST_NOT_FOUND, IPVS_MODULE_MISSING.
 */
ipvs_status ipvs_fake_namespace_set_dest_connections(const ipvs_fake_namespace *space,
                                                     const ipvs_service_key *service,
                                                     const ipvs_dest_key *dest,
                                                     uint32_t active,
                                                     uint32_t inactive,
                                                     uint32_t persistent,
                                                     ipvs_error **error);

/**
 * Sets the connection table to an array of `length` rows. Every dest then has those of its
 * connections that are there; each goes when its time is over. Flags say nothing here:
 * templates are told by their state and client port.
 *
 * NULL: `connections`, when `length` is 0; `error`.
 * Fails with IPVS_MODULE_MISSING; IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_fake_namespace_set_connections(const ipvs_fake_namespace *space,
                                                const ipvs_connection *connections,
                                                size_t length,
                                                ipvs_error **error);

/**
 * Frees what stands for the namespace; that stays.
 *
 * NULL: does nothing.
 */
void ipvs_fake_namespace_free(ipvs_fake_namespace *space);

/* ---------------------------------------------------------------------------------------------
 * Faults of a fake kernel
 *
 * An answer that is lost, an overrun, somebody else's change in the middle of a listing: a
 * planned fault does what would otherwise happen once a year.
 * --------------------------------------------------------------------------------------------- */

/** At once. */
#define IPVS_WHEN_NOW 0

/** At a send, after `after` others: 0 is the next one. */
#define IPVS_WHEN_SEND 1

/** At a receive, after `after` others. */
#define IPVS_WHEN_RECEIVE 2

/** At a request of the IPVS_CMD number `command`, after `after` others of it. */
#define IPVS_WHEN_COMMAND 3

/** At the opening of a file, below /proc/net or a sysctl's, after `after` others. */
#define IPVS_WHEN_FILE 4

/** A datagram to a client gets lost, without a trace. */
#define IPVS_FAULT_DROP 1

/** A datagram comes twice. */
#define IPVS_FAULT_DUPLICATE 2

/** A datagram comes only after `count` more receives. */
#define IPVS_FAULT_DELAY 3

/** A datagram is cut to `count` bytes. */
#define IPVS_FAULT_TRUNCATE 4

/** The byte at `count` of a datagram is `byte` instead. */
#define IPVS_FAULT_CORRUPT 5

/** A system call fails with `error_number` and does nothing. */
#define IPVS_FAULT_ERRNO 6

/** A request is not carried out, and answered with `error_number`. */
#define IPVS_FAULT_REFUSE 7

/** A datagram does not fit the receive buffer: it is lost, and the next receive says so. */
#define IPVS_FAULT_OVERRUN 8

/** Somebody who is not the kernel sends the `count` bytes at `data` before the next datagram. */
#define IPVS_FAULT_FORGE 9

/**
 * Somebody else makes `changes`, before the system call or the request goes on. What the kernel
 * refuses of them changes nothing.
 */
#define IPVS_FAULT_CHANGE 10

/**
 * What goes wrong, and from when on it lies in wait: it happens to the first thing that it fits
 * from then on. Every client of the kernel counts, and the look-up when one is opened.
 */
typedef struct ipvs_fake_fault {
    /** sizeof(ipvs_fake_fault), by IPVS_FAKE_FAULT_INIT. */
    size_t size;
    /** An IPVS_WHEN number, such as IPVS_WHEN_SEND. */
    uint32_t when;
    /** An IPVS_FAULT number. */
    uint32_t what;
    /** How many others pass before. */
    uint64_t after;
    /** A count of receives or bytes, or a place in a datagram. */
    uint64_t count;
    /** An errno. */
    int32_t error_number;
    /** An IPVS_CMD number. */
    uint8_t command;
    /** A byte. */
    uint8_t byte;
    /** Zeros. */
    uint8_t reserved[2];
    /** The bytes of a forged datagram. */
    const uint8_t *data;
    /** What somebody else changes. */
    const ipvs_batch *changes;
} ipvs_fake_fault;
#define IPVS_FAKE_FAULT_INIT IPVS_BEGIN(ipvs_fake_fault)

/** How many system calls there were, and requests in them. */
typedef struct ipvs_fake_calls {
    /** sizeof(ipvs_fake_calls), by IPVS_FAKE_CALLS_INIT. */
    size_t size;
    /** Sends. */
    uint64_t sends;
    /** Receives, those included that found nothing. */
    uint64_t receives;
    /** Files that were opened. */
    uint64_t files;
    /** Requests of IPVS, of which a send may hold many. */
    uint64_t requests;
} ipvs_fake_calls;
#define IPVS_FAKE_CALLS_INIT IPVS_BEGIN(ipvs_fake_calls)

/**
 * Plans a fault. It happens once. Several are met in the order in which they were planned.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_fake_kernel_inject(const ipvs_fake_kernel *kernel,
                                    const ipvs_fake_fault *fault,
                                    ipvs_error **error);

/**
 * Forgets the faults that have not happened yet.
 *
 * NULL: does nothing.
 */
void ipvs_fake_kernel_clear_faults(const ipvs_fake_kernel *kernel);

/**
 * How many faults have not happened yet: a test that planned some wants 0 in the end.
 *
 * NULL: 0.
 */
size_t ipvs_fake_kernel_pending_faults(const ipvs_fake_kernel *kernel);

/**
 * How many system calls its clients have made so far. What fails at one of them is soon tried at
 * each.
 *
 * NULL: only `error` may be.
 * Fails with IPVS_INVALID_INPUT.
 */
ipvs_status ipvs_fake_kernel_calls(const ipvs_fake_kernel *kernel,
                                   ipvs_fake_calls *calls,
                                   ipvs_error **error);

#ifdef __cplusplus
}
#endif

#endif /* IPVS_H */
