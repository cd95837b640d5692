/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * libipvs.h: the API of the libipvs that ipvsadm has inside, for programs that were written to
 * it. They include this header in its place (and that of its ip_vs.h), need no other change, and
 * link with -lipvs:
 *
 *     cc program.c $(pkg-config --cflags --libs ipvs)
 *
 * New programs are better served by <ipvs.h>, whose errors say what was wrong with what. Both
 * headers can be included together.
 *
 *
 * WHAT IS AS IT WAS
 *
 * Names, types, layouts, return values and messages. A function that returns an int returns 0,
 * or -1 and sets errno; one that returns a pointer returns NULL then. What it points to is the
 * caller's, who frees it with free(). The kernel alone judges what it is sent. Names are cut
 * nowhere: one that has no NUL within its array, where it needs one, is EINVAL.
 *
 * Fields of the types __be16 and __be32 are in the network's byte order, all others in the
 * machine's, mcast_port too.
 *
 *
 * WHAT IS BETTER
 *
 * Any thread may call any function at any time. The counters of dests (stats64) have 64 bits.
 * num_dests is filled in, and __addr_v4 in what is listed. ipvs_cmp_services() and
 * ipvs_cmp_dests() are orders, whatever they compare. A listing that the kernel tore in parts is
 * read again. A NULL where a struct should be is EINVAL. A module that is unloaded and loaded
 * again is found, and so is the network namespace that a thread has moved to.
 *
 * Everything goes over netlink, and so needs CAP_NET_ADMIN in the initial user namespace; there
 * is no other way in, for IPv4 either. These errnos have other causes than before: ENOPROTOOPT,
 * the kernel has no IPVS; ETIMEDOUT, it was silent for five seconds; EAGAIN, a listing was
 * interrupted by changes again and again.
 *
 *
 * THREADS, PROCESSES, NAMESPACES
 *
 * A thread that calls a function keeps a socket to the kernel, until it ends, or calls
 * ipvs_close(). It manages the IPVS of the network namespace that it is in at each call. What
 * ipvs_strerror() says depends on the last call of the thread itself. After a fork() the child
 * gets a socket of its own. ipvs_info belongs to the process: any thread's ipvs_init() and
 * ipvs_getinfo() write it, each number by itself.
 */
#ifndef _LIBIPVS_H
#define _LIBIPVS_H

#include <sys/types.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <linux/types.h>

/* <linux/ip_vs.h> has other structs of the same names. This header has its constants, too. */
#ifdef _IP_VS_H
#error "include <libipvs.h> in place of <linux/ip_vs.h>, or before it"
#endif
#define _IP_VS_H

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------------
 * Numbers
 * ------------------------------------------------------------------------------------------ */

/* The version of IPVS that this API is of, and the oldest one that it works with. */
#define IP_VS_VERSION_CODE 0x010201
#define MINIMUM_IPVS_VERSION_MAJOR 1
#define MINIMUM_IPVS_VERSION_MINOR 1
#define MINIMUM_IPVS_VERSION_PATCH 4

/* A version's number, and its three parts as arguments of "%d.%d.%d". */
#ifndef IPVS_VERSION
#define IPVS_VERSION(major, minor, patch) (((major) << 16) + ((minor) << 8) + (patch))
#endif
#define NVERSION(version) ((version) >> 16) & 0xff, ((version) >> 8) & 0xff, (version) & 0xff

/* The persistence timeout that ipvsadm gives a service when none is asked for, in seconds. */
#ifndef IPVS_SVC_PERSISTENT_TIMEOUT
#define IPVS_SVC_PERSISTENT_TIMEOUT 360
#endif

/* The flags of a service. HASHED is the kernel's own: set on all that it lists, ignored in
 * what is asked for. */
#define IP_VS_SVC_F_PERSISTENT 0x0001
#define IP_VS_SVC_F_HASHED 0x0002
#define IP_VS_SVC_F_ONEPACKET 0x0004
#define IP_VS_SVC_F_SCHED1 0x0008
#define IP_VS_SVC_F_SCHED2 0x0010
#define IP_VS_SVC_F_SCHED3 0x0020
/* What two schedulers make of theirs. */
#define IP_VS_SVC_F_SCHED_SH_FALLBACK IP_VS_SVC_F_SCHED1
#define IP_VS_SVC_F_SCHED_SH_PORT IP_VS_SVC_F_SCHED2
#define IP_VS_SVC_F_SCHED_MH_FALLBACK IP_VS_SVC_F_SCHED1
#define IP_VS_SVC_F_SCHED_MH_PORT IP_VS_SVC_F_SCHED2

/* Flags of a dest that the kernel keeps to itself. */
#define IP_VS_DEST_F_AVAILABLE 0x0001
#define IP_VS_DEST_F_OVERLOAD 0x0002

/* The roles of a sync daemon. */
#define IP_VS_STATE_NONE 0
#define IP_VS_STATE_MASTER 1
#define IP_VS_STATE_BACKUP 2

/* How packets reach a dest: conn_flags under this mask. The other bits of conn_flags are
 * ignored in what is asked for. */
#define IP_VS_CONN_F_FWD_MASK 0x0007
#define IP_VS_CONN_F_MASQ 0x0000
#define IP_VS_CONN_F_LOCALNODE 0x0001
#define IP_VS_CONN_F_TUNNEL 0x0002
#define IP_VS_CONN_F_DROUTE 0x0003
#define IP_VS_CONN_F_BYPASS 0x0004
/* Flags of connections. */
#define IP_VS_CONN_F_SYNC 0x0020
#define IP_VS_CONN_F_HASHED 0x0040
#define IP_VS_CONN_F_NOOUTPUT 0x0080
#define IP_VS_CONN_F_INACTIVE 0x0100
#define IP_VS_CONN_F_OUT_SEQ 0x0200
#define IP_VS_CONN_F_IN_SEQ 0x0400
#define IP_VS_CONN_F_SEQ_MASK 0x0600
#define IP_VS_CONN_F_NO_CPORT 0x0800
#define IP_VS_CONN_F_TEMPLATE 0x1000
#define IP_VS_CONN_F_ONE_PACKET 0x2000
#define IP_VS_CONN_F_NFCT (1 << 16)
#define IP_VS_CONN_F_BACKUP_UPD_MASK (IP_VS_CONN_F_INACTIVE | IP_VS_CONN_F_SEQ_MASK)
#define IP_VS_CONN_F_BACKUP_MASK                                                               \
    (IP_VS_CONN_F_FWD_MASK | IP_VS_CONN_F_NOOUTPUT | IP_VS_CONN_F_INACTIVE                     \
     | IP_VS_CONN_F_SEQ_MASK | IP_VS_CONN_F_NO_CPORT | IP_VS_CONN_F_TEMPLATE)
#define IP_VS_CONN_F_DEST_MASK                                                                 \
    (IP_VS_CONN_F_FWD_MASK | IP_VS_CONN_F_ONE_PACKET | IP_VS_CONN_F_NFCT)

/* How a tunnel wraps its packets: tun_type. */
enum {
    IP_VS_CONN_F_TUNNEL_TYPE_IPIP = 0,
    IP_VS_CONN_F_TUNNEL_TYPE_GUE = 1,
    IP_VS_CONN_F_TUNNEL_TYPE_GRE = 2,
    IP_VS_CONN_F_TUNNEL_TYPE_MAX = 3
};

/* Checksums of what is wrapped: tun_flags. */
#define IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM 0
#define IP_VS_TUNNEL_ENCAP_FLAG_CSUM (1 << 0)
#define IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM (1 << 1)

/* How long names are: with their NUL, those of persistence engines without. */
#define IP_VS_SCHEDNAME_MAXLEN 16
#define IP_VS_PENAME_MAXLEN 16
#define IP_VS_IFNAME_MAXLEN 16
#define IP_VS_PEDATA_MAXLEN 255

/* ------------------------------------------------------------------------------------------
 * Structs
 * ------------------------------------------------------------------------------------------ */

/* An address, of the family that is told beside it: AF_INET or AF_INET6. */
union nf_inet_addr {
    __u32 all[4];
    __be32 ip;
    __be32 ip6[4];
    struct in_addr in;
    struct in6_addr in6;
};

/* A service that is asked for. */
struct ip_vs_service_user {
    /* What identifies it: a firewall mark and a family, or where that is 0 protocol (such as
     * IPPROTO_TCP), address, port and family. */
    __u16 protocol;
    __be32 __addr_v4; /* not used */
    __be16 port;
    __u32 fwmark;

    char sched_name[IP_VS_SCHEDNAME_MAXLEN]; /* such as "wlc" */
    __u32 flags;                             /* IP_VS_SVC_F_... */
    __u32 timeout;                           /* of persistence, in seconds */
    __be32 netmask; /* of persistence: a mask for IPv4; the length of a prefix, in the machine's
                     * byte order, for IPv6 */

    __u16 af;
    union nf_inet_addr addr;
    char pe_name[IP_VS_PENAME_MAXLEN + 1]; /* a persistence engine, such as "sip", or "" */
};

/* A dest that is asked for. */
struct ip_vs_dest_user {
    __be32 __addr_v4; /* not used */
    __be16 port;
    __u32 conn_flags; /* IP_VS_CONN_F_MASQ and such */
    int weight;       /* from 0 */

    /* The number of connections at which it gets no new ones, and below which it gets some
     * again; 0: no limit. */
    __u32 u_threshold;
    __u32 l_threshold;

    __u16 af; /* 0: its service's */
    union nf_inet_addr addr;
    __u16 tun_type;  /* IP_VS_CONN_F_TUNNEL_TYPE_... */
    __be16 tun_port; /* of GUE */
    __u16 tun_flags; /* IP_VS_TUNNEL_ENCAP_FLAG_... */
};

/* Counters and rates (a second) whose 32 bits wrap around. */
struct ip_vs_stats_user {
    __u32 conns;
    __u32 inpkts;
    __u32 outpkts;
    __u64 inbytes;
    __u64 outbytes;
    __u32 cps;
    __u32 inpps;
    __u32 outpps;
    __u32 inbps;
    __u32 outbps;
};

/* Counters and rates (a second). */
struct ip_vs_stats64 {
    __u64 conns;
    __u64 inpkts;
    __u64 outpkts;
    __u64 inbytes;
    __u64 outbytes;
    __u64 cps;
    __u64 inpps;
    __u64 outpps;
    __u64 inbps;
    __u64 outbps;
};

/* What the kernel says of its IPVS. */
struct ip_vs_getinfo {
    unsigned int version;      /* such as 0x010201 */
    unsigned int size;         /* of the connection table, in buckets */
    unsigned int num_services; /* as ipvs_get_services() last found them */
};

/* A service that the kernel lists. */
struct ip_vs_service_entry {
    __u16 protocol;
    __be32 __addr_v4; /* addr.ip, of an IPv4 service */
    __be16 port;
    __u32 fwmark;

    char sched_name[IP_VS_SCHEDNAME_MAXLEN];
    __u32 flags;
    __u32 timeout;
    __be32 netmask;

    __u32 num_dests;
    struct ip_vs_stats_user stats;

    __u16 af;
    union nf_inet_addr addr;
    char pe_name[IP_VS_PENAME_MAXLEN + 1];
    struct ip_vs_stats64 stats64;
};

/* A dest that the kernel lists. */
struct ip_vs_dest_entry {
    __be32 __addr_v4; /* addr.ip, of an IPv4 dest */
    __be16 port;
    __u32 conn_flags;
    int weight;

    __u32 u_threshold;
    __u32 l_threshold;

    __u32 activeconns;  /* connections that are established or being set up */
    __u32 inactconns;   /* all others */
    __u32 persistconns; /* clients that stay with it */

    struct ip_vs_stats_user stats;
    __u16 af;
    union nf_inet_addr addr;
    struct ip_vs_stats64 stats64;
    __u16 tun_type;
    __be16 tun_port;
    __u16 tun_flags;
};

/* So many as are told in front of it. */
#if !defined(__cplusplus) && __STDC_VERSION__ >= 199901L
#define IP_VS_ENTRIES(type) type entrytable[]
#else
#define IP_VS_ENTRIES(type) __extension__ type entrytable[0]
#endif

/* The dests of a service. */
struct ip_vs_get_dests {
    __u16 protocol;
    __be32 __addr_v4;
    __be16 port;
    __u32 fwmark;
    __u32 num_dests;
    __u16 af;
    union nf_inet_addr addr;
    IP_VS_ENTRIES(struct ip_vs_dest_entry);
};

/* The services. */
struct ip_vs_get_services {
    unsigned int num_services;
    IP_VS_ENTRIES(struct ip_vs_service_entry);
};

/* How long idle connections are kept, in seconds; 0 keeps what is in force. */
struct ip_vs_timeout_user {
    int tcp_timeout;
    int tcp_fin_timeout;
    int udp_timeout;
};

/* A sync daemon. Zeros from sync_maxlen on are the kernel's defaults. */
struct ip_vs_daemon_user {
    int state; /* IP_VS_STATE_MASTER or IP_VS_STATE_BACKUP */
    char mcast_ifn[IP_VS_IFNAME_MAXLEN];
    int syncid;
    int sync_maxlen;  /* bytes of a message */
    __u16 mcast_port; /* in the machine's byte order */
    __u16 mcast_ttl;
    __u16 mcast_af; /* of the group; 0: none */
    union nf_inet_addr mcast_group;
};

typedef struct ip_vs_service_user ipvs_service_t;
typedef struct ip_vs_dest_user ipvs_dest_t;
typedef struct ip_vs_timeout_user ipvs_timeout_t;
typedef struct ip_vs_daemon_user ipvs_daemon_t;
typedef struct ip_vs_service_entry ipvs_service_entry_t;
typedef struct ip_vs_dest_entry ipvs_dest_entry_t;

/* Says whether the first is less (negative), equal (0) or more (positive). */
typedef int (*ipvs_service_cmp_t)(ipvs_service_entry_t *, ipvs_service_entry_t *);
typedef int (*ipvs_dest_cmp_t)(ipvs_dest_entry_t *, ipvs_dest_entry_t *);

/* ------------------------------------------------------------------------------------------
 * Functions. Behind each: the command of ipvsadm that does the same, and the errnos that are
 * its own. EPERM, ENOPROTOOPT, ENOMEM and those above may come from any of them.
 * ------------------------------------------------------------------------------------------ */

/* What the kernel said last; zeros before. */
extern struct ip_vs_getinfo ipvs_info;

/* Fills ipvs_info; fails where the caller may not manage an IPVS, or there is none. (From
 * Linux 5.16 on that loads the module.) The other functions work without it. */
extern int ipvs_init(void);

/* Fills ipvs_info anew. */
extern int ipvs_getinfo(void);

/* The kernel's version of IPVS: that in ipvs_info. The library's own is
 * ipvs_library_version() of <ipvs.h>. */
extern unsigned int ipvs_version(void);

/* Removes every service. -C */
extern int ipvs_flush(void);

/* Adds a service. -A: EEXIST; ENOENT, no such scheduler or engine; EINVAL; EAFNOSUPPORT. */
extern int ipvs_add_service(ipvs_service_t *svc);

/* Replaces a service wholly, but for its dests. -E: ESRCH; else as ipvs_add_service(). */
extern int ipvs_update_service(ipvs_service_t *svc);

/* Removes a service and its dests. -D: ESRCH. */
extern int ipvs_del_service(ipvs_service_t *svc);

/* Zeroes the counters of a service and its dests; those of all if `svc` has no family, or
 * neither mark nor address nor port. -Z: ESRCH. */
extern int ipvs_zero_service(ipvs_service_t *svc);

/* Adds a dest to a service. -a: ESRCH, no such service; EEXIST; EINVAL; ERANGE. */
extern int ipvs_add_dest(ipvs_service_t *svc, ipvs_dest_t *dest);

/* Replaces a dest wholly. -e: ESRCH, no such service; ENOENT, no such dest; EINVAL; ERANGE. */
extern int ipvs_update_dest(ipvs_service_t *svc, ipvs_dest_t *dest);

/* Removes a dest. -d: ESRCH, no such service; ENOENT, no such dest. */
extern int ipvs_del_dest(ipvs_service_t *svc, ipvs_dest_t *dest);

/* Sets those timeouts that are not 0. --set: EINVAL. */
extern int ipvs_set_timeout(ipvs_timeout_t *to);

/* Starts the sync daemon of a role. --start-daemon: EEXIST, one of that role runs; ENODEV, no
 * such interface; EINVAL. */
extern int ipvs_start_daemon(ipvs_daemon_t *dm);

/* Stops the sync daemon of a role; the other fields are not used. --stop-daemon: ESRCH. */
extern int ipvs_stop_daemon(ipvs_daemon_t *dm);

/* Lists the services, in no order that is promised. -L */
extern struct ip_vs_get_services *ipvs_get_services(void);

/* Orders services by mark, family, protocol, address and port. */
extern int ipvs_cmp_services(ipvs_service_entry_t *s1, ipvs_service_entry_t *s2);

/* Sorts services, by ipvs_cmp_services() or another order. */
extern void ipvs_sort_services(struct ip_vs_get_services *s, ipvs_service_cmp_t f);

/* Lists the dests of a service, which is told by its key. -L with a service: ESRCH. */
extern struct ip_vs_get_dests *ipvs_get_dests(ipvs_service_entry_t *svc);

/* Orders dests by family, address and port. */
extern int ipvs_cmp_dests(ipvs_dest_entry_t *d1, ipvs_dest_entry_t *d2);

/* Sorts dests, by ipvs_cmp_dests() or another order. */
extern void ipvs_sort_dests(struct ip_vs_get_dests *d, ipvs_dest_cmp_t f);

/* Reads one service: by its mark, or where that is 0 by the rest. `port` is in the network's
 * byte order. -L with a service: ESRCH. */
extern ipvs_service_entry_t *ipvs_get_service(__u32 fwmark, __u16 af, __u16 protocol,
                                              union nf_inet_addr addr, __u16 port);

/* The timeouts in force. -L --timeout */
extern ipvs_timeout_t *ipvs_get_timeout(void);

/* An array of two sync daemons: those that run, the master first, then zeros. -L --daemon */
extern ipvs_daemon_t *ipvs_get_daemon(void);

/* Closes what the calling thread has open. The next call opens it again. */
extern void ipvs_close(void);

/* What an errno means after the calling thread's last call of the functions above. The text is
 * not to be freed. */
extern const char *ipvs_strerror(int err);

/* ------------------------------------------------------------------------------------------
 * The kernel's two interfaces, for those who speak them by themselves. No function above
 * needs this.
 * ------------------------------------------------------------------------------------------ */

/* Generic netlink. */
#define IPVS_GENL_NAME "IPVS"
#define IPVS_GENL_VERSION 0x1

struct ip_vs_flags {
    __u32 flags;
    __u32 mask;
};

enum {
    IPVS_CMD_UNSPEC = 0,
    IPVS_CMD_NEW_SERVICE = 1,
    IPVS_CMD_SET_SERVICE = 2,
    IPVS_CMD_DEL_SERVICE = 3,
    IPVS_CMD_GET_SERVICE = 4,
    IPVS_CMD_NEW_DEST = 5,
    IPVS_CMD_SET_DEST = 6,
    IPVS_CMD_DEL_DEST = 7,
    IPVS_CMD_GET_DEST = 8,
    IPVS_CMD_NEW_DAEMON = 9,
    IPVS_CMD_DEL_DAEMON = 10,
    IPVS_CMD_GET_DAEMON = 11,
    IPVS_CMD_SET_CONFIG = 12,
    IPVS_CMD_GET_CONFIG = 13,
    IPVS_CMD_SET_INFO = 14,
    IPVS_CMD_GET_INFO = 15,
    IPVS_CMD_ZERO = 16,
    IPVS_CMD_FLUSH = 17,
    __IPVS_CMD_MAX
};
#define IPVS_CMD_MAX (__IPVS_CMD_MAX - 1)

enum {
    IPVS_CMD_ATTR_UNSPEC = 0,
    IPVS_CMD_ATTR_SERVICE = 1,
    IPVS_CMD_ATTR_DEST = 2,
    IPVS_CMD_ATTR_DAEMON = 3,
    IPVS_CMD_ATTR_TIMEOUT_TCP = 4,
    IPVS_CMD_ATTR_TIMEOUT_TCP_FIN = 5,
    IPVS_CMD_ATTR_TIMEOUT_UDP = 6,
    __IPVS_CMD_ATTR_MAX
};
#define IPVS_CMD_ATTR_MAX (__IPVS_CMD_ATTR_MAX - 1)

enum {
    IPVS_SVC_ATTR_UNSPEC = 0,
    IPVS_SVC_ATTR_AF = 1,
    IPVS_SVC_ATTR_PROTOCOL = 2,
    IPVS_SVC_ATTR_ADDR = 3,
    IPVS_SVC_ATTR_PORT = 4,
    IPVS_SVC_ATTR_FWMARK = 5,
    IPVS_SVC_ATTR_SCHED_NAME = 6,
    IPVS_SVC_ATTR_FLAGS = 7,
    IPVS_SVC_ATTR_TIMEOUT = 8,
    IPVS_SVC_ATTR_NETMASK = 9,
    IPVS_SVC_ATTR_STATS = 10,
    IPVS_SVC_ATTR_PE_NAME = 11,
    IPVS_SVC_ATTR_STATS64 = 12,
    __IPVS_SVC_ATTR_MAX
};
#define IPVS_SVC_ATTR_MAX (__IPVS_SVC_ATTR_MAX - 1)

enum {
    IPVS_DEST_ATTR_UNSPEC = 0,
    IPVS_DEST_ATTR_ADDR = 1,
    IPVS_DEST_ATTR_PORT = 2,
    IPVS_DEST_ATTR_FWD_METHOD = 3,
    IPVS_DEST_ATTR_WEIGHT = 4,
    IPVS_DEST_ATTR_U_THRESH = 5,
    IPVS_DEST_ATTR_L_THRESH = 6,
    IPVS_DEST_ATTR_ACTIVE_CONNS = 7,
    IPVS_DEST_ATTR_INACT_CONNS = 8,
    IPVS_DEST_ATTR_PERSIST_CONNS = 9,
    IPVS_DEST_ATTR_STATS = 10,
    IPVS_DEST_ATTR_ADDR_FAMILY = 11,
    IPVS_DEST_ATTR_STATS64 = 12,
    IPVS_DEST_ATTR_TUN_TYPE = 13,
    IPVS_DEST_ATTR_TUN_PORT = 14,
    IPVS_DEST_ATTR_TUN_FLAGS = 15,
    __IPVS_DEST_ATTR_MAX
};
#define IPVS_DEST_ATTR_MAX (__IPVS_DEST_ATTR_MAX - 1)

enum {
    IPVS_DAEMON_ATTR_UNSPEC = 0,
    IPVS_DAEMON_ATTR_STATE = 1,
    IPVS_DAEMON_ATTR_MCAST_IFN = 2,
    IPVS_DAEMON_ATTR_SYNC_ID = 3,
    IPVS_DAEMON_ATTR_SYNC_MAXLEN = 4,
    IPVS_DAEMON_ATTR_MCAST_GROUP = 5,
    IPVS_DAEMON_ATTR_MCAST_GROUP6 = 6,
    IPVS_DAEMON_ATTR_MCAST_PORT = 7,
    IPVS_DAEMON_ATTR_MCAST_TTL = 8,
    __IPVS_DAEMON_ATTR_MAX
};
#define IPVS_DAEMON_ATTR_MAX (__IPVS_DAEMON_ATTR_MAX - 1)

/* Of stats, and of 64-bit stats. */
enum {
    IPVS_STATS_ATTR_UNSPEC = 0,
    IPVS_STATS_ATTR_CONNS = 1,
    IPVS_STATS_ATTR_INPKTS = 2,
    IPVS_STATS_ATTR_OUTPKTS = 3,
    IPVS_STATS_ATTR_INBYTES = 4,
    IPVS_STATS_ATTR_OUTBYTES = 5,
    IPVS_STATS_ATTR_CPS = 6,
    IPVS_STATS_ATTR_INPPS = 7,
    IPVS_STATS_ATTR_OUTPPS = 8,
    IPVS_STATS_ATTR_INBPS = 9,
    IPVS_STATS_ATTR_OUTBPS = 10,
    IPVS_STATS_ATTR_PAD = 11,
    __IPVS_STATS_ATTR_MAX
};
#define IPVS_STATS_ATTR_MAX (__IPVS_STATS_ATTR_MAX - 1)

enum {
    IPVS_INFO_ATTR_UNSPEC = 0,
    IPVS_INFO_ATTR_VERSION = 1,
    IPVS_INFO_ATTR_CONN_TAB_SIZE = 2,
    __IPVS_INFO_ATTR_MAX
};
#define IPVS_INFO_ATTR_MAX (__IPVS_INFO_ATTR_MAX - 1)

/* Socket options. */
#define IP_VS_BASE_CTL (64 + 1024 + 64)

#define IP_VS_SO_SET_NONE IP_VS_BASE_CTL
#define IP_VS_SO_SET_INSERT (IP_VS_BASE_CTL + 1)
#define IP_VS_SO_SET_ADD (IP_VS_BASE_CTL + 2)
#define IP_VS_SO_SET_EDIT (IP_VS_BASE_CTL + 3)
#define IP_VS_SO_SET_DEL (IP_VS_BASE_CTL + 4)
#define IP_VS_SO_SET_FLUSH (IP_VS_BASE_CTL + 5)
#define IP_VS_SO_SET_LIST (IP_VS_BASE_CTL + 6)
#define IP_VS_SO_SET_ADDDEST (IP_VS_BASE_CTL + 7)
#define IP_VS_SO_SET_DELDEST (IP_VS_BASE_CTL + 8)
#define IP_VS_SO_SET_EDITDEST (IP_VS_BASE_CTL + 9)
#define IP_VS_SO_SET_TIMEOUT (IP_VS_BASE_CTL + 10)
#define IP_VS_SO_SET_STARTDAEMON (IP_VS_BASE_CTL + 11)
#define IP_VS_SO_SET_STOPDAEMON (IP_VS_BASE_CTL + 12)
#define IP_VS_SO_SET_RESTORE (IP_VS_BASE_CTL + 13)
#define IP_VS_SO_SET_SAVE (IP_VS_BASE_CTL + 14)
#define IP_VS_SO_SET_ZERO (IP_VS_BASE_CTL + 15)
#define IP_VS_SO_SET_MAX IP_VS_SO_SET_ZERO

#define IP_VS_SO_GET_VERSION IP_VS_BASE_CTL
#define IP_VS_SO_GET_INFO (IP_VS_BASE_CTL + 1)
#define IP_VS_SO_GET_SERVICES (IP_VS_BASE_CTL + 2)
#define IP_VS_SO_GET_SERVICE (IP_VS_BASE_CTL + 3)
#define IP_VS_SO_GET_DESTS (IP_VS_BASE_CTL + 4)
#define IP_VS_SO_GET_DEST (IP_VS_BASE_CTL + 5)
#define IP_VS_SO_GET_TIMEOUT (IP_VS_BASE_CTL + 6)
#define IP_VS_SO_GET_DAEMON (IP_VS_BASE_CTL + 7)
#define IP_VS_SO_GET_MAX IP_VS_SO_GET_DAEMON

/* The structs that go through these: those that <linux/ip_vs.h> calls _user. */
struct ip_vs_service_kern {
    __u16 protocol;
    __be32 addr;
    __be16 port;
    __u32 fwmark;
    char sched_name[IP_VS_SCHEDNAME_MAXLEN];
    unsigned int flags;
    unsigned int timeout;
    __be32 netmask;
};

struct ip_vs_dest_kern {
    __be32 addr;
    __be16 port;
    unsigned int conn_flags;
    int weight;
    __u32 u_threshold;
    __u32 l_threshold;
};

struct ip_vs_service_entry_kern {
    __u16 protocol;
    __be32 addr;
    __be16 port;
    __u32 fwmark;
    char sched_name[IP_VS_SCHEDNAME_MAXLEN];
    unsigned int flags;
    unsigned int timeout;
    __be32 netmask;
    unsigned int num_dests;
    struct ip_vs_stats_user stats;
};

struct ip_vs_dest_entry_kern {
    __be32 addr;
    __be16 port;
    unsigned int conn_flags;
    int weight;
    __u32 u_threshold;
    __u32 l_threshold;
    __u32 activeconns;
    __u32 inactconns;
    __u32 persistconns;
    struct ip_vs_stats_user stats;
};

struct ip_vs_get_dests_kern {
    __u16 protocol;
    __be32 addr;
    __be16 port;
    __u32 fwmark;
    unsigned int num_dests;
    IP_VS_ENTRIES(struct ip_vs_dest_entry_kern);
};

struct ip_vs_get_services_kern {
    unsigned int num_services;
    IP_VS_ENTRIES(struct ip_vs_service_entry_kern);
};

struct ip_vs_daemon_kern {
    int state;
    char mcast_ifn[IP_VS_IFNAME_MAXLEN];
    int syncid;
};

#undef IP_VS_ENTRIES

#ifdef __cplusplus
}
#endif

#endif
