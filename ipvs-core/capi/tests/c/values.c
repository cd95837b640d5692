/* Addresses, netmasks, protocols, and what identifies services and dests. */
#include "suite.h"

static void addresses(void)
{
    ipvs_address four = address_of("192.0.2.1"), six = address_of("2001:db8::1"), before = six;
    CHECK(four.family == IPVS_IPV4 && four.bytes[0] == 192 && four.bytes[3] == 1);
    CHECK(suite_all(four.bytes + 4, 12, 0));
    CHECK(six.family == IPVS_IPV6 && six.bytes[0] == 0x20 && six.bytes[15] == 1);
    FORMATS(ipvs_address_format, &four, "192.0.2.1");
    FORMATS(ipvs_address_format, &six, "2001:db8::1");

    REFUSED("text", ipvs_address_parse, "192.0.2", &six);
    REFUSED("text", ipvs_address_parse, "", &six);
    NOT_TEXT(ipvs_address_parse, text, GARBAGE, &six);
    NULL_REFUSED(ipvs_address_parse, text, NULL, &six);
    NULL_REFUSED(ipvs_address_parse, address, "192.0.2.1", NULL);
    CHECK(memcmp(&six, &before, sizeof six) == 0);

    six.family = 3;
    FORMATS(ipvs_address_format, &six, "");
    six.family = IPVS_IPV6;
    six.reserved = 1;
    FORMATS(ipvs_address_format, &six, "");
    NULL_TAKEN(ipvs_address_format, buffer, ipvs_address_format(&four, NULL, 0) == 9);
    NULL_TAKEN(ipvs_address_format, buffer, ipvs_address_format(&four, NULL, 64) == 9);
    NULL_TAKEN(ipvs_address_format, address, ipvs_address_format(NULL, NULL, 0) == 0);
    FORMATS(ipvs_address_format, NULL, "");
}

static void netmasks(void)
{
    ipvs_netmask four, six = { 0 }, whole = { 0 }, before;
    DOES(ipvs_netmask_parse, "255.255.255.0", &four);
    CHECK(four.family == IPVS_IPV4 && four.mask[2] == 255 && four.mask[3] == 0);
    FORMATS(ipvs_netmask_format, &four, "255.255.255.0");
    DOES(ipvs_netmask_parse, "64", &six);
    CHECK(six.family == IPVS_IPV6 && six.prefix_length == 64);
    FORMATS(ipvs_netmask_format, &six, "64");
    FORMATS(ipvs_netmask_format, &whole, "");

    before = six;
    FAILS(IPVS_INVALID_INPUT, ipvs_netmask_parse, "256", &six);
    NOT_TEXT(ipvs_netmask_parse, text, GARBAGE, &six);
    NULL_REFUSED(ipvs_netmask_parse, text, NULL, &six);
    NULL_REFUSED(ipvs_netmask_parse, netmask, "64", NULL);
    CHECK(memcmp(&six, &before, sizeof six) == 0);

    six.prefix_length = 256;
    FORMATS(ipvs_netmask_format, &six, "");
    NULL_TAKEN(ipvs_netmask_format, buffer, ipvs_netmask_format(&four, NULL, 0) == 13);
    NULL_TAKEN(ipvs_netmask_format, netmask, ipvs_netmask_format(NULL, NULL, 0) == 0);
}

static void protocols(void)
{
    const struct { const char *text; uint16_t number; } known[] = {
        { "tcp", IPVS_TCP }, { "udp", IPVS_UDP }, { "sctp", IPVS_SCTP }, { "47", 47 },
        { "65535", 65535 },
    };
    uint16_t protocol;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        DOES(ipvs_protocol_parse, known[i].text, &protocol);
        CHECK(protocol == known[i].number);
        FORMATS(ipvs_protocol_format, protocol, known[i].text);
    }
    FAILS(IPVS_INVALID_INPUT, ipvs_protocol_parse, "65536", &protocol);
    FAILS(IPVS_INVALID_INPUT, ipvs_protocol_parse, "http", &protocol);
    NOT_TEXT(ipvs_protocol_parse, text, GARBAGE, &protocol);
    NULL_REFUSED(ipvs_protocol_parse, text, NULL, &protocol);
    NULL_REFUSED(ipvs_protocol_parse, protocol, "tcp", NULL);
    CHECK(protocol == 65535);
    NULL_TAKEN(ipvs_protocol_format, buffer, ipvs_protocol_format(IPVS_SCTP, NULL, 0) == 4);
}

static void service_keys(void)
{
    const char *const texts[] = {
        "tcp 192.0.2.1:80", "udp [2001:db8::1]:53", "sctp 192.0.2.1:0", "fwmark 7", "fwmark 7 ipv6",
    };
    ipvs_service_key key = { 0 }, before;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        DOES(ipvs_service_key_parse, texts[i], &key);
        FORMATS(ipvs_service_key_format, &key, texts[i]);
    }
    CHECK(key.firewall_mark == 7 && key.family == IPVS_IPV6 && !key.protocol && !key.port);
    key = key_of("tcp 192.0.2.1:80");
    CHECK(key.family == IPVS_IPV4 && key.protocol == IPVS_TCP && key.port == 80);

    before = key;
    FAILS(IPVS_INVALID_INPUT, ipvs_service_key_parse, "tcp 192.0.2.1", &key);
    FAILS(IPVS_INVALID_INPUT, ipvs_service_key_parse, "tcp 192.0.2.1:65536", &key);
    FAILS(IPVS_INVALID_INPUT, ipvs_service_key_parse, "fwmark 0", &key);
    FAILS(IPVS_INVALID_INPUT, ipvs_service_key_parse, "", &key);
    NOT_TEXT(ipvs_service_key_parse, text, GARBAGE, &key);
    NULL_REFUSED(ipvs_service_key_parse, text, NULL, &key);
    NULL_REFUSED(ipvs_service_key_parse, key, "tcp 192.0.2.1:80", NULL);
    CHECK(memcmp(&key, &before, sizeof key) == 0);

    NULL_TAKEN(ipvs_service_key_format, buffer, ipvs_service_key_format(&key, NULL, 0) == 16);
    NULL_TAKEN(ipvs_service_key_format, key, ipvs_service_key_format(NULL, NULL, 0) == 0);
}

/* What no program can mean by a key; every function that takes one refuses it. */
static void service_keys_that_are_none(void)
{
    ipvs_service_key key = key_of("tcp 192.0.2.1:80"), wrong = key;
    wrong.family = 0;
    REFUSED("family", ipvs_client_remove_service, client, &wrong);
    wrong = key;
    wrong.reserved = 1;
    REFUSED("reserved", ipvs_client_remove_service, client, &wrong);
    wrong = key;
    wrong.firewall_mark = 7;
    REFUSED("firewall_mark", ipvs_client_remove_service, client, &wrong);
    FORMATS(ipvs_service_key_format, &wrong, "");
}

static void dest_keys(void)
{
    ipvs_dest_key key = dest_key_of("[2001:db8::2]:8080"), before;
    CHECK(key.family == IPVS_IPV6 && key.port == 8080 && key.address[15] == 2);
    FORMATS(ipvs_dest_key_format, &key, "[2001:db8::2]:8080");
    key = dest_key_of("10.0.3.100:0");
    FORMATS(ipvs_dest_key_format, &key, "10.0.3.100:0");

    before = key;
    FAILS(IPVS_INVALID_INPUT, ipvs_dest_key_parse, "10.0.3.100", &key);
    NOT_TEXT(ipvs_dest_key_parse, text, GARBAGE, &key);
    NULL_REFUSED(ipvs_dest_key_parse, text, NULL, &key);
    NULL_REFUSED(ipvs_dest_key_parse, key, "10.0.3.100:80", NULL);
    CHECK(memcmp(&key, &before, sizeof key) == 0);

    key.family = 1;
    FORMATS(ipvs_dest_key_format, &key, "");
    NULL_TAKEN(ipvs_dest_key_format, buffer, ipvs_dest_key_format(&before, NULL, 0) == 12);
    NULL_TAKEN(ipvs_dest_key_format, key, ipvs_dest_key_format(NULL, NULL, 0) == 0);
}

/* Longer than any text that means something. */
static void texts_without_an_end(void)
{
    static char text[1 << 20];
    ipvs_address address;
    ipvs_netmask netmask;
    ipvs_service_key service_key;
    ipvs_dest_key dest_key;
    ipvs_service service = IPVS_SERVICE_INIT;
    ipvs_dest dest = IPVS_DEST_INIT;
    ipvs_daemon daemon = IPVS_DAEMON_INIT;
    ipvs_tunnel tunnel;
    ipvs_table *table;
    ipvs_batch *batch;
    uint32_t number;
    memset(text, '1', sizeof text - 1);
    FAILS(IPVS_INVALID_INPUT, ipvs_address_parse, text, &address);
    FAILS(IPVS_INVALID_INPUT, ipvs_netmask_parse, text, &netmask);
    FAILS(IPVS_INVALID_INPUT, ipvs_protocol_parse, text, &service_key.port);
    FAILS(IPVS_INVALID_INPUT, ipvs_service_key_parse, text, &service_key);
    FAILS(IPVS_INVALID_INPUT, ipvs_dest_key_parse, text, &dest_key);
    FAILS(IPVS_INVALID_INPUT, ipvs_service_parse, text, &service);
    FAILS(IPVS_INVALID_INPUT, ipvs_dest_parse, text, &dest);
    FAILS(IPVS_INVALID_INPUT, ipvs_daemon_parse, text, &daemon);
    FAILS(IPVS_INVALID_INPUT, ipvs_tunnel_parse, text, &tunnel);
    FAILS(IPVS_INVALID_INPUT, ipvs_scheduler_flags_parse, text, text, &number);
    FAILS(IPVS_INVALID_INPUT, ipvs_table_from_rules, text, &table);
    FAILS(IPVS_INVALID_INPUT, ipvs_batch_from_rules, text, &batch);
    FAILS(IPVS_INVALID_INPUT, ipvs_client_set_sysctl, client, text, text);
    FAILS(IPVS_INVALID_INPUT, ipvs_client_set_sysctl, client, "conntrack", text);
}

const test values_tests[] = {
    EVERYWHERE(addresses),
    EVERYWHERE(netmasks),
    EVERYWHERE(protocols),
    EVERYWHERE(service_keys),
    EVERYWHERE(service_keys_that_are_none),
    EVERYWHERE(dest_keys),
    EVERYWHERE(texts_without_an_end),
    END
};
