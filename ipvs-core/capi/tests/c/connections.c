/* The connection table. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "suite.h"

typedef ipvs_status opening(const ipvs_client *, ipvs_connection_stream **, ipvs_error **);

/* The only row; the stream is freed. */
static ipvs_connection only_row(opening *open)
{
    ipvs_connection row = IPVS_CONNECTION_INIT;
    ipvs_connection_stream *rows;
    bool has = false;
    DOES(open, client, &rows);
    SIZES_OUT(ipvs_connection_stream_next, connection, ipvs_connection, rows, it, &has);
    CHECK(has);
    for (int past_the_end = 0; past_the_end < 3; past_the_end++) {
        DOES(ipvs_connection_stream_next, rows, &row, &has);
        CHECK(!has && row.expires_seconds == 0);
    }
    ipvs_connection_stream_free(rows);
    DOES(open, client, &rows);
    DOES(ipvs_connection_stream_next, rows, &row, &has);
    ipvs_connection_stream_free(rows);
    return row;
}

/* A datagram to a service of this host's own. */
static void send_a_datagram(void)
{
    struct sockaddr_in from = { .sin_family = AF_INET, .sin_port = htons(4000) }, to = from;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    CHECK(system("ip addr add 192.0.2.1 dev lo && ip addr add 10.0.3.100 dev lo") == 0);
    have("-A -u 192.0.2.1:53 -s rr\n-a -u 192.0.2.1:53 -r 10.0.3.100:53 -m");
    from.sin_addr.s_addr = to.sin_addr.s_addr = inet_addr("192.0.2.1");
    to.sin_port = htons(53);
    CHECK(bind(fd, (struct sockaddr *)&from, sizeof from) == 0);
    CHECK(sendto(fd, "one", 3, 0, (struct sockaddr *)&to, sizeof to) == 3);
    close(fd);
}

static void set_a_connection(void)
{
    ipvs_connection row = IPVS_CONNECTION_INIT;
    row.service = key_of("udp 192.0.2.1:53");
    row.dest = dest_key_of("10.0.3.100:53");
    row.client = address_of("192.0.2.1");
    row.client_port = 4000;
    row.expires_seconds = 300;
    row.origin = IPVS_ORIGIN_LOCAL;
    strcpy(row.state, "UDP");
    DOES(ipvs_fake_namespace_set_connections, space, &row, 1);
}

static void a_connection(void)
{
    ipvs_connection row;
    if (kernel)
        set_a_connection();
    else
        send_a_datagram();
    row = only_row(ipvs_client_connections);
    SAME(text_of_key(&row.service), "udp 192.0.2.1:53");
    CHECK(row.dest.port == 53 && row.client.bytes[0] == 192 && row.client_port == 4000);
    CHECK(row.expires_seconds > 200 && row.expires_seconds <= 300);
    CHECK(row.origin == IPVS_ORIGIN_UNKNOWN && row.flags == 0);
    CHECK(!*row.persistence_engine && !row.persistence_length);
    SAME(row.state, "UDP");
    row = only_row(ipvs_client_synced_connections);
    CHECK(row.origin == IPVS_ORIGIN_LOCAL);
}

static void arguments_that_are_none(void)
{
    ipvs_connection_stream *rows = NOTHING;
    ipvs_connection row = IPVS_CONNECTION_INIT;
    bool has = true;
    NULL_REFUSED(ipvs_client_connections, client, NULL, &rows);
    NULL_REFUSED(ipvs_client_connections, stream, client, NULL);
    NULL_REFUSED(ipvs_client_synced_connections, client, NULL, &rows);
    NULL_REFUSED(ipvs_client_synced_connections, stream, client, NULL);
    CHECK(rows == NOTHING);
    DOES(ipvs_client_synced_connections, client, &rows);
    ipvs_connection_stream_free(rows);
    DOES(ipvs_client_connections, client, &rows);
    NULL_REFUSED(ipvs_connection_stream_next, stream, NULL, &row, &has);
    NULL_REFUSED(ipvs_connection_stream_next, connection, rows, NULL, &has);
    NULL_REFUSED(ipvs_connection_stream_next, has, rows, &row, NULL);
    CHECK(has);
    ipvs_connection_stream_free(rows);
    FREES_NULL(ipvs_connection_stream_free);
}

static void a_template_with_data(void)
{
    ipvs_connection row = IPVS_CONNECTION_INIT;
    row.service = key_of("udp 192.0.2.1:5060");
    row.dest = dest_key_of("10.0.3.100:5060");
    row.client = address_of("10.0.1.0");
    row.expires_seconds = 100;
    strcpy(row.state, "NONE");
    strcpy(row.persistence_engine, "sip");
    memset(row.persistence_data, 'x', 255);
    row.persistence_length = 255;
    DOES(ipvs_fake_namespace_set_connections, space, &row, 1);
    row = only_row(ipvs_client_connections);
    CHECK(row.flags == IPVS_CONNECTION_TEMPLATE && row.client_port == 0);
    CHECK(row.persistence_length == 255 && suite_all(row.persistence_data, 255, 'x'));
    SAME(row.persistence_engine, "sip");
    row.dest.port = 65535;
    DOES(ipvs_fake_namespace_set_connections, space, &row, 1);
    row = only_row(ipvs_client_connections);
    CHECK(row.flags & IPVS_CONNECTION_INVALIDATED);
}

/* What the engine recognises a client by has a line end in it, which makes two of its row. */
static void a_row_that_cannot_be_understood(void)
{
    ipvs_connection row = IPVS_CONNECTION_INIT, read = row;
    ipvs_connection_stream *rows;
    bool has = false;
    row.service = key_of("udp 192.0.2.1:5060");
    row.dest = dest_key_of("10.0.3.100:5060");
    row.client = address_of("10.0.1.50");
    row.client_port = 4000;
    row.expires_seconds = 100;
    strcpy(row.persistence_engine, "sip");
    memcpy(row.persistence_data, "1\n2", 3);
    row.persistence_length = 3;
    DOES(ipvs_fake_namespace_set_connections, space, &row, 1);
    DOES(ipvs_client_connections, client, &rows);
    DOES(ipvs_connection_stream_next, rows, &read, &has);
    CHECK(has && read.client_port == 4000);
    read.client_port = 1;
    FAILS(IPVS_PROTOCOL, ipvs_connection_stream_next, rows, &read, &has);
    CHECK(has && read.client_port == 1);
    DOES(ipvs_connection_stream_next, rows, &read, &has);
    CHECK(!has);
    ipvs_connection_stream_free(rows);
}

static void files_that_cannot_be_opened(void)
{
    ipvs_connection_stream *rows = NOTHING;
    ipvs_stats stats;
    break_once(IPVS_FAULT_ERRNO, EACCES);
    FAILS(IPVS_PERMISSION_DENIED, ipvs_client_connections, client, &rows);
    break_once(IPVS_FAULT_ERRNO, EACCES);
    FAILS(IPVS_PERMISSION_DENIED, ipvs_client_synced_connections, client, &rows);
    break_once(IPVS_FAULT_ERRNO, EACCES);
    FAILS(IPVS_PERMISSION_DENIED, ipvs_client_total_stats, client, &stats);
    break_once(IPVS_FAULT_ERRNO, EMFILE);
    FAILS(IPVS_IO, ipvs_client_connections, client, &rows);
    break_once(IPVS_FAULT_ERRNO, EMFILE);
    FAILS(IPVS_IO, ipvs_client_synced_connections, client, &rows);
    break_once(IPVS_FAULT_ERRNO, EMFILE);
    FAILS(IPVS_IO, ipvs_client_total_stats, client, &stats);
    DOES(ipvs_fake_kernel_unload_module, kernel, "ip_vs", NULL);
    FAILS(IPVS_MODULE_MISSING, ipvs_client_connections, client, &rows);
    FAILS(IPVS_MODULE_MISSING, ipvs_client_synced_connections, client, &rows);
    FAILS(IPVS_MODULE_MISSING, ipvs_client_total_stats, client, &stats);
    CHECK(rows == NOTHING);
}

const test connections_tests[] = {
    EVERYWHERE(a_connection),
    EVERYWHERE(arguments_that_are_none),
    ON_THE_FAKE(a_template_with_data, "it sets what connections there are"),
    ON_THE_FAKE(a_row_that_cannot_be_understood, "it sets what connections there are"),
    ON_THE_FAKE(files_that_cannot_be_opened, "it injects faults"),
    END
};
