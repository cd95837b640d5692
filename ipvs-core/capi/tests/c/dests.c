/* Real servers, and managing them. */
#include <errno.h>
#include "suite.h"

#define WEB "-A -t 192.0.2.1:80 -s rr\n"
#define WITH_A_DEST WEB "-a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 3\n"

static ipvs_service_key web(void)
{
    return key_of("tcp 192.0.2.1:80");
}

static void forwarding_methods(void)
{
    const char *const names[] = { "masquerade", "local", "tunnel", "direct-route", "bypass", "5" };
    uint8_t forward = 99;
    for (uint8_t number = IPVS_MASQUERADE; number <= 5; number++) {
        DOES(ipvs_forward_parse, names[number], &forward);
        CHECK(forward == number);
        FORMATS(ipvs_forward_format, number, names[number]);
    }
    FAILS(IPVS_INVALID_INPUT, ipvs_forward_parse, "8", &forward);
    FAILS(IPVS_INVALID_INPUT, ipvs_forward_parse, "by post", &forward);
    NOT_TEXT(ipvs_forward_parse, text, GARBAGE, &forward);
    NULL_REFUSED(ipvs_forward_parse, text, NULL, &forward);
    NULL_REFUSED(ipvs_forward_parse, forward, "local", NULL);
    CHECK(forward == 5);
    FORMATS(ipvs_forward_format, IPVS_FORWARD_UNSET, "");
    NULL_TAKEN(ipvs_forward_format, buffer, ipvs_forward_format(IPVS_LOCAL, NULL, 0) == 5);
}

static void tunnels(void)
{
    const char *const texts[] = {
        "ipip", "gue:6080", "gue:6080:csum", "gre:csum", "gue:1:remcsum",
    };
    ipvs_tunnel tunnel, before;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        DOES(ipvs_tunnel_parse, texts[i], &tunnel);
        FORMATS(ipvs_tunnel_format, &tunnel, texts[i]);
    }
    CHECK(tunnel.kind == IPVS_GUE && tunnel.port == 1);
    CHECK(tunnel.flags == IPVS_TUNNEL_REMOTE_CHECKSUM);
    before = tunnel;
    FAILS(IPVS_INVALID_INPUT, ipvs_tunnel_parse, "gue:65536", &tunnel);
    FAILS(IPVS_INVALID_INPUT, ipvs_tunnel_parse, "under ground", &tunnel);
    NOT_TEXT(ipvs_tunnel_parse, text, GARBAGE, &tunnel);
    NULL_REFUSED(ipvs_tunnel_parse, text, NULL, &tunnel);
    NULL_REFUSED(ipvs_tunnel_parse, tunnel, "ipip", NULL);
    CHECK(memcmp(&tunnel, &before, sizeof tunnel) == 0);
    NULL_TAKEN(ipvs_tunnel_format, tunnel, ipvs_tunnel_format(NULL, NULL, 0) == 0);
    NULL_TAKEN(ipvs_tunnel_format, buffer, ipvs_tunnel_format(&tunnel, NULL, 0) == 13);
    tunnel.reserved = 1;
    FORMATS(ipvs_tunnel_format, &tunnel, "");
}

static void texts(void)
{
    const char *const all[] = {
        "10.0.3.100:8080 masquerade weight 3",
        "[2001:db8::2]:80 direct-route weight 0",
        "10.0.3.100:80 tunnel weight 1 upper 1000 lower 500 tunnel gue:6080:csum",
    };
    ipvs_dest dest = IPVS_DEST_INIT;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        DOES(ipvs_dest_parse, all[i], &dest);
        CHECK(dest.size == sizeof dest);
        SAME(text_of_dest(&dest), all[i]);
    }
    FORMATS(ipvs_dest_format, &dest, all[2]);
    SIZES_OUT(ipvs_dest_parse, dest, ipvs_dest, all[0], it);
    FAILS(IPVS_INVALID_INPUT, ipvs_dest_parse, "10.0.3.100:80 masquerade colour blue", &dest);
    FAILS(IPVS_INVALID_INPUT, ipvs_dest_parse, "", &dest);
    NOT_TEXT(ipvs_dest_parse, text, GARBAGE, &dest);
    NULL_REFUSED(ipvs_dest_parse, text, NULL, &dest);
    NULL_REFUSED(ipvs_dest_parse, dest, all[0], NULL);
    SAME(text_of_dest(&dest), all[2]);
    NULL_TAKEN(ipvs_dest_format, dest, ipvs_dest_format(NULL, NULL, 0) == 0);
    NULL_TAKEN(ipvs_dest_format, buffer, ipvs_dest_format(&dest, NULL, 0) == strlen(all[2]));
    dest.forward = IPVS_FORWARD_UNSET;
    FORMATS(ipvs_dest_format, &dest, "");
}

static void adding(void)
{
    ipvs_service_key service = web();
    ipvs_dest dest = dest_of("10.0.3.100:8080 masquerade weight 3"), other = IPVS_DEST_INIT;
    FAILS(IPVS_SERVICE_NOT_FOUND, ipvs_client_add_dest, client, &service, &dest);
    have(WEB);
    DOES(ipvs_client_add_dest, client, &service, &dest);
    FAILS(IPVS_ALREADY_EXISTS, ipvs_client_add_dest, client, &service, &dest);
    SAME(last.object, "10.0.3.100:8080 of tcp 192.0.2.1:80");
    other.key = dest_key_of("10.0.3.101:8080");
    REFUSED("forward", ipvs_client_add_dest, client, &service, &other);
    other.forward = IPVS_MASQUERADE;
    SIZES_IN(ipvs_client_add_dest, dest, ipvs_dest, other, client, &service, it);
    holds(WITH_A_DEST "-a -t 192.0.2.1:80 -r 10.0.3.101:8080 -m -w 1\n");
    NULL_REFUSED(ipvs_client_add_dest, client, NULL, &service, &dest);
    NULL_REFUSED(ipvs_client_add_dest, service, client, NULL, &dest);
    NULL_REFUSED(ipvs_client_add_dest, dest, client, &service, NULL);
}

static void adding_what_is_no_dest(void)
{
    ipvs_service_key service = web(), none = service;
    ipvs_dest dest = dest_of("10.0.3.100:8080 masquerade weight 3"), wrong = dest;
    have(WEB);
    none.family = 3;
    REFUSED("family", ipvs_client_add_dest, client, &none, &dest);
    wrong.key.family = 3;
    REFUSED("family", ipvs_client_add_dest, client, &service, &wrong);
    wrong = dest;
    wrong.reserved = 1;
    REFUSED("reserved", ipvs_client_add_dest, client, &service, &wrong);
    wrong = dest;
    wrong.tunnel.reserved = 1;
    REFUSED("reserved", ipvs_client_add_dest, client, &service, &wrong);
    wrong = dest;
    wrong.forward = 8;
    REFUSED("forward", ipvs_client_add_dest, client, &service, &wrong);
    wrong = dest;
    wrong.weight = UINT32_MAX;
    REFUSED("weight", ipvs_client_add_dest, client, &service, &wrong);
    wrong = dest;
    wrong.upper_threshold = UINT32_MAX;
    REFUSED("upper_threshold", ipvs_client_add_dest, client, &service, &wrong);
    wrong = dest;
    wrong.upper_threshold = 1;
    wrong.lower_threshold = 2;
    REFUSED("lower_threshold", ipvs_client_add_dest, client, &service, &wrong);
    wrong = dest;
    wrong.key = dest_key_of("[2001:db8::2]:8080");
    FAILS(IPVS_INVALID_INPUT, ipvs_client_add_dest, client, &service, &wrong);
    holds(WEB);
}

static void updating(void)
{
    ipvs_service_key service = web();
    ipvs_dest dest = dest_of("10.0.3.100:8080 masquerade weight 5 upper 9");
    FAILS(IPVS_SERVICE_NOT_FOUND, ipvs_client_update_dest, client, &service, &dest);
    have(WEB);
    FAILS(IPVS_DEST_NOT_FOUND, ipvs_client_update_dest, client, &service, &dest);
    have("-a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 3");
    SIZES_IN(ipvs_client_update_dest, dest, ipvs_dest, dest, client, &service, it);
    holds(WEB "-a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 5 -x 9\n");
    NULL_REFUSED(ipvs_client_update_dest, client, NULL, &service, &dest);
    NULL_REFUSED(ipvs_client_update_dest, service, client, NULL, &dest);
    NULL_REFUSED(ipvs_client_update_dest, dest, client, &service, NULL);
}

static void editing(void)
{
    ipvs_service_key service = web();
    ipvs_dest_key key = dest_key_of("10.0.3.100:8080"), none = dest_key_of("10.0.3.9:80");
    ipvs_dest_edit edit = IPVS_DEST_EDIT_INIT;
    ipvs_dest edited = IPVS_DEST_INIT;
    edit.set = IPVS_DEST_EDIT_WEIGHT;
    edit.weight = 7;
    FAILS(IPVS_SERVICE_NOT_FOUND, ipvs_client_edit_dest, client, &service, &key, &edit, &edited);
    have(WITH_A_DEST);
    FAILS(IPVS_DEST_NOT_FOUND, ipvs_client_edit_dest, client, &service, &none, &edit, &edited);
    CHECK(edited.weight == 1);
    DOES(ipvs_client_edit_dest, client, &service, &key, &edit, &edited);
    SAME(text_of_dest(&edited), "10.0.3.100:8080 masquerade weight 7");

    edit.set |= IPVS_DEST_EDIT_FORWARD | IPVS_DEST_EDIT_TUNNEL | IPVS_DEST_EDIT_UPPER_THRESHOLD
        | IPVS_DEST_EDIT_LOWER_THRESHOLD;
    edit.forward = IPVS_TUNNEL;
    edit.upper_threshold = 9;
    edit.lower_threshold = 4;
    DOES(ipvs_tunnel_parse, "gue:6080", &edit.tunnel);
    SIZES_IN(ipvs_client_edit_dest, edit, ipvs_dest_edit, edit, client, &service, &key, it,
             &edited);
    SAME(text_of_dest(&edited), "10.0.3.100:8080 tunnel weight 7 upper 9 lower 4 tunnel gue:6080");
    SIZES_OUT(ipvs_client_edit_dest, edited, ipvs_dest, client, &service, &key, &edit, it);
    NULL_TAKEN(ipvs_client_edit_dest, edited,
               ipvs_client_edit_dest(client, &service, &key, &edit, NULL, NULL) == IPVS_OK);
    NULL_REFUSED(ipvs_client_edit_dest, client, NULL, &service, &key, &edit, &edited);
    NULL_REFUSED(ipvs_client_edit_dest, service, client, NULL, &key, &edit, &edited);
    NULL_REFUSED(ipvs_client_edit_dest, dest, client, &service, NULL, &edit, &edited);
    NULL_REFUSED(ipvs_client_edit_dest, edit, client, &service, &key, NULL, &edited);
}

static void editing_what_is_no_edit(void)
{
    ipvs_service_key service = web();
    ipvs_dest_key key = dest_key_of("10.0.3.100:8080");
    ipvs_dest_edit edit = IPVS_DEST_EDIT_INIT;
    have(WITH_A_DEST);
    edit.set = 32;
    REFUSED("set", ipvs_client_edit_dest, client, &service, &key, &edit, NULL);
    edit.set = IPVS_DEST_EDIT_FORWARD;
    edit.forward = IPVS_FORWARD_UNSET;
    REFUSED("forward", ipvs_client_edit_dest, client, &service, &key, &edit, NULL);
    edit.set = IPVS_DEST_EDIT_WEIGHT;
    edit.weight = UINT32_MAX;
    REFUSED("weight", ipvs_client_edit_dest, client, &service, &key, &edit, NULL);
    edit.set = 0;
    edit.reserved = 1;
    REFUSED("reserved", ipvs_client_edit_dest, client, &service, &key, &edit, NULL);
    holds(WITH_A_DEST);
}

static void removing(void)
{
    ipvs_service_key service = web();
    ipvs_dest_key key = dest_key_of("10.0.3.100:8080");
    FAILS(IPVS_SERVICE_NOT_FOUND, ipvs_client_remove_dest, client, &service, &key);
    have(WITH_A_DEST);
    DOES(ipvs_client_remove_dest, client, &service, &key);
    FAILS(IPVS_DEST_NOT_FOUND, ipvs_client_remove_dest, client, &service, &key);
    NULL_REFUSED(ipvs_client_remove_dest, client, NULL, &service, &key);
    NULL_REFUSED(ipvs_client_remove_dest, service, client, NULL, &key);
    NULL_REFUSED(ipvs_client_remove_dest, dest, client, &service, NULL);
}

static void reading_one(void)
{
    ipvs_service_key service = web();
    ipvs_dest_key key = dest_key_of("10.0.3.100:8080"), none = dest_key_of("10.0.3.9:80");
    ipvs_dest_entry entry;
    memset(&entry, 0x5a, sizeof entry);
    entry.size = sizeof entry;
    FAILS(IPVS_SERVICE_NOT_FOUND, ipvs_client_dest, client, &service, &key, &entry);
    have(WITH_A_DEST);
    FAILS(IPVS_DEST_NOT_FOUND, ipvs_client_dest, client, &service, &none, &entry);
    NULL_REFUSED(ipvs_client_dest, client, NULL, &service, &key, &entry);
    NULL_REFUSED(ipvs_client_dest, service, client, NULL, &key, &entry);
    NULL_REFUSED(ipvs_client_dest, dest, client, &service, NULL, &entry);
    NULL_REFUSED(ipvs_client_dest, entry, client, &service, &key, NULL);
    CHECK(suite_all((unsigned char *)&entry.stats, sizeof entry.stats, 0x5a));
    DOES(ipvs_client_dest, client, &service, &key, &entry);
    SAME(text_of_dest(&entry.dest), "10.0.3.100:8080 masquerade weight 3");
    CHECK(!entry.active_connections && !entry.inactive_connections && !entry.reserved);
    CHECK(entry.dest.size == sizeof entry.dest && entry.stats.width == 64);
    /* It can be sent back as it is. */
    DOES(ipvs_client_update_dest, client, &service, &entry.dest);
    SIZES_OUT(ipvs_client_dest, entry, ipvs_dest_entry, client, &service, &key, it);
}

static void listing(void)
{
    ipvs_service_key service = web();
    ipvs_dest_list *list = NOTHING;
    ipvs_dest_entry entry = IPVS_DEST_ENTRY_INIT;
    FAILS(IPVS_SERVICE_NOT_FOUND, ipvs_client_dests, client, &service, &list);
    NULL_REFUSED(ipvs_client_dests, client, NULL, &service, &list);
    NULL_REFUSED(ipvs_client_dests, service, client, NULL, &list);
    NULL_REFUSED(ipvs_client_dests, list, client, &service, NULL);
    CHECK(list == NOTHING);
    have(WEB "-a -t 192.0.2.1:80 -r 10.0.3.9:80 -m\n-a -t 192.0.2.1:80 -r 10.0.3.1:80 -m");
    DOES(ipvs_client_dests, client, &service, &list);
    CHECK(ipvs_dest_list_length(list) == 2);
    DOES(ipvs_dest_list_at, list, 0, &entry);
    SAME(text_of_dest(&entry.dest), "10.0.3.1:80 masquerade weight 1");
    REFUSED("index", ipvs_dest_list_at, list, 2, &entry);
    REFUSED("index", ipvs_dest_list_at, list, SIZE_MAX, &entry);
    NULL_REFUSED(ipvs_dest_list_at, list, NULL, 0, &entry);
    NULL_REFUSED(ipvs_dest_list_at, entry, list, 0, NULL);
    SIZES_OUT(ipvs_dest_list_at, entry, ipvs_dest_entry, list, 1, it);
    ipvs_dest_list_free(list);
    NULL_TAKEN(ipvs_dest_list_length, list, ipvs_dest_list_length(NULL) == 0);
    FREES_NULL(ipvs_dest_list_free);
}

static void streaming(void)
{
    ipvs_service_key service = web();
    ipvs_dest_stream *stream = NOTHING;
    ipvs_dest_entry entry = IPVS_DEST_ENTRY_INIT;
    bool has = false;
    NULL_REFUSED(ipvs_client_stream_dests, client, NULL, &service, &stream);
    NULL_REFUSED(ipvs_client_stream_dests, service, client, NULL, &stream);
    NULL_REFUSED(ipvs_client_stream_dests, stream, client, &service, NULL);
    CHECK(stream == NOTHING);
    have(WITH_A_DEST "-a -t 192.0.2.1:80 -r 10.0.3.9:80 -m");
    DOES(ipvs_client_stream_dests, client, &service, &stream);
    NULL_REFUSED(ipvs_dest_stream_next, stream, NULL, &entry, &has);
    NULL_REFUSED(ipvs_dest_stream_next, entry, stream, NULL, &has);
    NULL_REFUSED(ipvs_dest_stream_next, has, stream, &entry, NULL);
    CHECK(!has);
    SIZES_OUT(ipvs_dest_stream_next, entry, ipvs_dest_entry, stream, it, &has);
    DOES(ipvs_dest_stream_next, stream, &entry, &has);
    CHECK(has && entry.dest.weight);
    for (int past_the_end = 0; past_the_end < 3; past_the_end++) {
        DOES(ipvs_dest_stream_next, stream, &entry, &has);
        CHECK(!has);
    }
    ipvs_dest_stream_free(stream);
    FREES_NULL(ipvs_dest_stream_free);
}

/* Whether there is such a service shows at the beginning or with the first one. */
static void streaming_those_of_no_service(void)
{
    ipvs_service_key none = key_of("tcp 192.0.2.9:80");
    ipvs_dest_stream *stream = NULL;
    ipvs_dest_entry entry = IPVS_DEST_ENTRY_INIT;
    bool has = true;
    if (ipvs_client_stream_dests(client, &none, &stream, NULL) == IPVS_OK) {
        FAILS(IPVS_SERVICE_NOT_FOUND, ipvs_dest_stream_next, stream, &entry, &has);
        CHECK(has);
        DOES(ipvs_dest_stream_next, stream, &entry, &has);
        CHECK(!has);
        ipvs_dest_stream_free(stream);
    } else {
        FAILS(IPVS_SERVICE_NOT_FOUND, ipvs_client_stream_dests, client, &none, &stream);
        CHECK(!stream);
    }
}

static void ipv6_on_a_kernel_without(void)
{
    ipvs_fake_options options = IPVS_FAKE_OPTIONS_INIT;
    ipvs_fake_kernel *other;
    ipvs_client *its;
    ipvs_service_key mark = key_of("fwmark 7");
    ipvs_service service = service_of("fwmark 7 scheduler rr");
    ipvs_dest dest = dest_of("[2001:db8::2]:0 tunnel weight 1");
    options.flags = IPVS_FAKE_WITHOUT_IPV6;
    DOES(ipvs_fake_kernel_new, &options, &other);
    DOES(ipvs_fake_kernel_client, other, NULL, &its);
    DOES(ipvs_client_add_service, its, &service);
    FAILS(IPVS_UNSUPPORTED, ipvs_client_add_dest, its, &mark, &dest);
    ipvs_client_free(its);
    ipvs_fake_kernel_free(other);
}

const test dests_tests[] = {
    EVERYWHERE(forwarding_methods),
    EVERYWHERE(tunnels),
    EVERYWHERE(texts),
    EVERYWHERE(adding),
    EVERYWHERE(adding_what_is_no_dest),
    EVERYWHERE(updating),
    EVERYWHERE(editing),
    EVERYWHERE(editing_what_is_no_edit),
    EVERYWHERE(removing),
    EVERYWHERE(reading_one),
    EVERYWHERE(listing),
    EVERYWHERE(streaming),
    EVERYWHERE(streaming_those_of_no_service),
    ON_THE_FAKE(ipv6_on_a_kernel_without, "it takes a kernel without IPv6"),
    END
};
