/* The client: how it is opened, and what it says of the kernel. */
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "suite.h"

static void opening_refuses_options_that_are_none(void)
{
    ipvs_client_options options = IPVS_CLIENT_OPTIONS_INIT, wrong = options;
    ipvs_client *opened = NOTHING;
    NULL_REFUSED(ipvs_client_open, client, NULL, NULL);
    wrong.checks = 2;
    REFUSED("checks", ipvs_client_open, &wrong, &opened);
    wrong = options;
    wrong.namespace_source = 4;
    REFUSED("namespace_source", ipvs_client_open, &wrong, &opened);
    wrong.namespace_source = IPVS_NAMESPACE_PATH;
    REFUSED("namespace_path", ipvs_client_open, &wrong, &opened);
    wrong.namespace_source = IPVS_NAMESPACE_CURRENT;
    wrong.namespace_path = "/proc/self/ns/net";
    REFUSED("namespace_path", ipvs_client_open, &wrong, &opened);
    wrong.namespace_path = NULL;
    wrong.namespace_fd = 3;
    REFUSED("namespace_fd", ipvs_client_open, &wrong, &opened);
    wrong.namespace_source = IPVS_NAMESPACE_FD;
    wrong.namespace_fd = -1;
    REFUSED("namespace_fd", ipvs_client_open, &wrong, &opened);
    wrong.namespace_fd = 9999;
    FAILS(IPVS_INVALID_INPUT, ipvs_client_open, &wrong, &opened);
    CHECK(last.error_number == EBADF);
    CHECK(opened == NOTHING);
}

static void opening_by_a_path_that_leads_to_no_namespace(void)
{
    ipvs_client_options options = IPVS_CLIENT_OPTIONS_INIT;
    ipvs_client *opened = NOTHING;
    options.namespace_source = IPVS_NAMESPACE_PATH;
    options.namespace_path = "/run/netns/there-is-none";
    FAILS(IPVS_IO, ipvs_client_open, &options, &opened);
    options.namespace_path = "/dev/null";
    FAILS(IPVS_INVALID_INPUT, ipvs_client_open, &options, &opened);
    /* A path need not be text. */
    options.namespace_path = GARBAGE;
    FAILS(IPVS_IO, ipvs_client_open, &options, &opened);
    CHECK(opened == NOTHING);
}

/* The kernel's own clients. */
static ipvs_client *opened_at(uint32_t source, const char *path, int32_t fd)
{
    ipvs_client_options options = IPVS_CLIENT_OPTIONS_INIT;
    ipvs_client *opened;
    options.namespace_source = source;
    options.namespace_path = path;
    options.namespace_fd = fd;
    DOES(ipvs_client_open, &options, &opened);
    return opened;
}

/* Whether a client sees the service that the test's client has. */
static bool sees_web(ipvs_client *other)
{
    ipvs_service_key web = key_of("tcp 192.0.2.1:80");
    ipvs_service_entry entry = IPVS_SERVICE_ENTRY_INIT;
    ipvs_status status = ipvs_client_service(other, &web, &entry, NULL);
    ipvs_client_free(other);
    CHECK(status == IPVS_OK || status == IPVS_SERVICE_NOT_FOUND);
    return status == IPVS_OK;
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static void opening_namespaces(void)
{
    int32_t fd = -1;
    ipvs_client *opened;
    struct stat file;
    have("-A -t 192.0.2.1:80");
    SIZES_IN(ipvs_client_open, options, ipvs_client_options,
             ((ipvs_client_options)IPVS_CLIENT_OPTIONS_INIT), it, &opened);
    CHECK(sees_web(opened));
    NULL_TAKEN(ipvs_client_open, options, ipvs_client_open(NULL, &opened, NULL) == IPVS_OK);
    CHECK(sees_web(opened));
    CHECK(sees_web(opened_at(IPVS_NAMESPACE_PATH, "/proc/thread-self/ns/net", 0)));
    CHECK(!sees_web(opened_at(IPVS_NAMESPACE_PATH, "/proc/1/ns/net", 0)));
    CHECK(!sees_web(opened_at(IPVS_NAMESPACE_NEW, NULL, 0)));

    DOES(ipvs_client_namespace, client, &fd);
    CHECK(sees_web(opened_at(IPVS_NAMESPACE_FD, NULL, fd)));
    CHECK(is_open(fd) && fstat(fd, &file) == 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
    close(fd);
}

static int generic_netlink(void)
{
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
    CHECK(fd >= 0);
    return fd;
}

static void opening_by_a_socket(void)
{
    int32_t fd = generic_netlink();
    ipvs_client *opened;
    have("-A -t 192.0.2.1:80");
    DOES(ipvs_client_from_socket, fd, &opened);
    CHECK(is_open(fd));
    close(fd);
    CHECK(sees_web(opened));
}

/* Of no kernel: refused before one is asked. */
static void opening_by_what_is_no_such_socket(void)
{
    ipvs_client *opened = NOTHING;
    int other = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REFUSED("fd", ipvs_client_from_socket, -1, &opened);
    REFUSED("fd", ipvs_client_from_socket, 9999, &opened);
    REFUSED("fd", ipvs_client_from_socket, INT32_MIN, &opened);
    FAILS(IPVS_INVALID_INPUT, ipvs_client_from_socket, other, &opened);
    CHECK(opened == NOTHING);
    NULL_REFUSED(ipvs_client_from_socket, client, other, NULL);
    CHECK(is_open(other));
    close(other);
}

static void lose_privileges(void)
{
    ipvs_client_options options = IPVS_CLIENT_OPTIONS_INIT;
    ipvs_client *opened = NOTHING;
    ipvs_service web = service_of("tcp 192.0.2.1:80");
    CHECK(setgid(65534) == 0 && setuid(65534) == 0);
    DOES(ipvs_client_open, NULL, &opened);
    FAILS(IPVS_PERMISSION_DENIED, ipvs_client_add_service, opened, &web);
    ipvs_client_free(opened);
    opened = NOTHING;
    options.namespace_source = IPVS_NAMESPACE_NEW;
    FAILS(IPVS_PERMISSION_DENIED, ipvs_client_open, &options, &opened);
    CHECK(opened == NOTHING);
}

static void opening_without_privileges(void)
{
    in_child(lose_privileges);
}

static void find_no_module(void)
{
    ipvs_client *opened = NOTHING;
    int32_t fd = generic_netlink();
    FAILS(IPVS_MODULE_MISSING, ipvs_client_open, NULL, &opened);
    CHECK(opened == NOTHING);
    FAILS(IPVS_MODULE_MISSING, ipvs_client_from_socket, fd, &opened);
    close(fd);
}

/* The modules that hold ip_vs go before it; the namespaces that do may take their time. */
static void opening_without_the_module(void)
{
    ipvs_client_free(client);
    client = NULL;
    CHECK(system("echo /bin/false >/proc/sys/kernel/modprobe") == 0);
    CHECK(system("for i in $(seq 120); do "
                 "modprobe -qr ip_vs_rr ip_vs_wrr ip_vs_wlc ip_vs_sh ip_vs_pe_sip ip_vs_ftp ip_vs; "
                 "[ ! -e /sys/module/ip_vs ] && exit 0; sleep 0.5; done; lsmod; exit 1") == 0);
    in_child(find_no_module);
    CHECK(system("echo /sbin/modprobe >/proc/sys/kernel/modprobe && modprobe ip_vs") == 0);
}

static void what_a_client_says_of_the_kernel(void)
{
    ipvs_kernel_info info = IPVS_KERNEL_INFO_INIT;
    have("-A -t 192.0.2.1:80");
    DOES(ipvs_client_info, client, &info);
    CHECK(info.version[0] == 1 && info.version[1] == 2 && info.version[2] == 1);
    CHECK(info.connection_table_size >= 256 && info.size == sizeof info);
    SIZES_OUT(ipvs_client_info, info, ipvs_kernel_info, client, it);
    NULL_REFUSED(ipvs_client_info, client, NULL, &info);
    NULL_REFUSED(ipvs_client_info, info, client, NULL);
}

static void flushing_and_zeroing(void)
{
    have("-A -t 192.0.2.1:80\n-a -t 192.0.2.1:80 -r 10.0.3.100 -m\n-A -f 7");
    DOES(ipvs_client_zero, client);
    NULL_REFUSED(ipvs_client_zero, client, NULL);
    DOES(ipvs_client_flush, client);
    NULL_REFUSED(ipvs_client_flush, client, NULL);
    holds("");
    DOES(ipvs_client_flush, client);
}

static void the_namespaces_counters(void)
{
    ipvs_stats stats, before;
    memset(&stats, 0x5a, sizeof stats);
    before = stats;
    NULL_REFUSED(ipvs_client_total_stats, client, NULL, &stats);
    NULL_REFUSED(ipvs_client_total_stats, stats, client, NULL);
    CHECK(memcmp(&stats, &before, sizeof stats) == 0);
    DOES(ipvs_client_total_stats, client, &stats);
    CHECK(stats.width == 64 && stats.connections == 0 && stats.outgoing_bytes_per_second == 0);
}

static void a_namespace_of_no_client_and_to_nowhere(void)
{
    int32_t fd = -1;
    NULL_REFUSED(ipvs_client_namespace, client, NULL, &fd);
    NULL_REFUSED(ipvs_client_namespace, fd, client, NULL);
    if (kernel)
        FAILS(IPVS_UNSUPPORTED, ipvs_client_namespace, client, &fd);
    CHECK(fd == -1);
    FREES_NULL(ipvs_client_free);
}

/* With the kernel's checks alone, EINVAL is all that one learns. */
static void the_kernels_checks(void)
{
    ipvs_client_options options = IPVS_CLIENT_OPTIONS_INIT;
    ipvs_client *lax;
    ipvs_service web = service_of("tcp 192.0.2.1:0");
    REFUSED("port", ipvs_client_add_service, client, &web);
    options.checks = IPVS_CHECKS_KERNEL;
    options.deadline_milliseconds = 60000;
    if (kernel)
        DOES(ipvs_fake_kernel_client, kernel, &options, &lax);
    else
        DOES(ipvs_client_open, &options, &lax);
    DOES(ipvs_client_add_service, lax, &web);
    ipvs_client_free(lax);
}

/* What was read stays, and what reads goes on. */
static void what_outlives_a_client(void)
{
    ipvs_service_entry entry = IPVS_SERVICE_ENTRY_INIT;
    ipvs_service_list *list;
    ipvs_snapshot *seen;
    ipvs_service_stream *services;
    ipvs_connection_stream *connections;
    ipvs_connection row = IPVS_CONNECTION_INIT;
    bool has = false;
    have("-A -f 7 -s rr");
    DOES(ipvs_client_services, client, &list);
    DOES(ipvs_client_snapshot, client, &seen);
    DOES(ipvs_client_stream_services, client, &services);
    DOES(ipvs_client_connections, client, &connections);
    ipvs_client_free(client);
    client = NULL;
    DOES(ipvs_service_list_at, list, 0, &entry);
    DOES(ipvs_snapshot_service_at, seen, 0, &entry);
    DOES(ipvs_service_stream_next, services, &entry, &has);
    CHECK(has && entry.service.key.firewall_mark == 7);
    DOES(ipvs_connection_stream_next, connections, &row, &has);
    CHECK(!has);
    ipvs_connection_stream_free(connections);
    ipvs_service_stream_free(services);
    ipvs_snapshot_free(seen);
    ipvs_service_list_free(list);
}

#define OPENS "it opens the IPVS of the system"

const test clients_tests[] = {
    ON_A_KERNEL(opening_without_the_module, OPENS),
    EVERYWHERE(opening_refuses_options_that_are_none),
    EVERYWHERE(opening_by_a_path_that_leads_to_no_namespace),
    ON_A_KERNEL(opening_namespaces, OPENS),
    ON_A_KERNEL(opening_by_a_socket, OPENS),
    EVERYWHERE(opening_by_what_is_no_such_socket),
    ON_A_KERNEL(opening_without_privileges, OPENS),
    EVERYWHERE(what_a_client_says_of_the_kernel),
    EVERYWHERE(flushing_and_zeroing),
    EVERYWHERE(the_namespaces_counters),
    EVERYWHERE(a_namespace_of_no_client_and_to_nowhere),
    EVERYWHERE(the_kernels_checks),
    EVERYWHERE(what_outlives_a_client),
    END
};
