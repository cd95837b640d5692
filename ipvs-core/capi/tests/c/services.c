/* Virtual services, and managing them. */
#include <errno.h>
#include "suite.h"

#define WEB "tcp 192.0.2.1:80"
#define SINGLE_UDP "udp 192.0.2.1:53"

static void texts(void)
{
    const char *const all[] = {
        WEB " scheduler wrr flags persistent timeout 300",
        "udp [2001:db8::1]:53 scheduler rr flags one-packet",
        "fwmark 7 scheduler sh flags scheduler-1,scheduler-2",
        WEB " scheduler wlc flags persistent timeout 60 netmask 255.255.255.0 engine sip",
    };
    ipvs_service service = IPVS_SERVICE_INIT;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        DOES(ipvs_service_parse, all[i], &service);
        CHECK(service.size == sizeof service);
        SAME(text_of_service(&service), all[i]);
    }
    FORMATS(ipvs_service_format, &service, all[3]);
    CHECK(service.flags == IPVS_SERVICE_PERSISTENT && service.persistence_timeout_seconds == 60);
    SAME(service.scheduler, "wlc");
    SAME(service.persistence_engine, "sip");
    SIZES_OUT(ipvs_service_parse, service, ipvs_service, WEB, it);
    FAILS(IPVS_INVALID_INPUT, ipvs_service_parse, "tcp", &service);
    FAILS(IPVS_INVALID_INPUT, ipvs_service_parse, WEB " colour blue", &service);
    NOT_TEXT(ipvs_service_parse, text, GARBAGE, &service);
    NULL_REFUSED(ipvs_service_parse, text, NULL, &service);
    NULL_REFUSED(ipvs_service_parse, service, WEB, NULL);
    SAME(text_of_service(&service), all[3]);
    NULL_TAKEN(ipvs_service_format, service, ipvs_service_format(NULL, NULL, 0) == 0);
    NULL_TAKEN(ipvs_service_format, buffer, ipvs_service_format(&service, NULL, 0) > 60);
    service.size = 1;
    FORMATS(ipvs_service_format, &service, "");
}

static void scheduler_flags(void)
{
    uint32_t flags = 0;
    char buffer[64];
    DOES(ipvs_scheduler_flags_parse, "sh", "sh-fallback,sh-port", &flags);
    CHECK(flags == (IPVS_SERVICE_SCHEDULER_1 | IPVS_SERVICE_SCHEDULER_2));
    CHECK(ipvs_scheduler_flags_format("sh", flags, buffer, sizeof buffer) == 19);
    SAME(buffer, "sh-fallback,sh-port");
    CHECK(ipvs_scheduler_flags_format("rr", IPVS_SERVICE_SCHEDULER_3, buffer, sizeof buffer) == 6);
    SAME(buffer, "flag-3");
    DOES(ipvs_scheduler_flags_parse, "sh", "", &flags);
    CHECK(flags == 0);
    CHECK(ipvs_scheduler_flags_format("sh", 0, buffer, sizeof buffer) == 0 && !*buffer);
    CHECK(ipvs_scheduler_flags_format(GARBAGE, 8, buffer, sizeof buffer) == 0);

    flags = 77;
    FAILS(IPVS_INVALID_INPUT, ipvs_scheduler_flags_parse, "rr", "sh-port", &flags);
    FAILS(IPVS_INVALID_INPUT, ipvs_scheduler_flags_parse, "a name that is too long", "", &flags);
    NOT_TEXT(ipvs_scheduler_flags_parse, scheduler, GARBAGE, "", &flags);
    NOT_TEXT(ipvs_scheduler_flags_parse, text, "sh", GARBAGE, &flags);
    NULL_REFUSED(ipvs_scheduler_flags_parse, scheduler, NULL, "", &flags);
    NULL_REFUSED(ipvs_scheduler_flags_parse, text, "sh", NULL, &flags);
    NULL_REFUSED(ipvs_scheduler_flags_parse, flags, "sh", "", NULL);
    CHECK(flags == 77);
    NULL_TAKEN(ipvs_scheduler_flags_format, scheduler,
               ipvs_scheduler_flags_format(NULL, 8, NULL, 0) == 0);
    NULL_TAKEN(ipvs_scheduler_flags_format, buffer,
               ipvs_scheduler_flags_format("sh", 8, NULL, 0) == 11);
}

static ipvs_service read_back(const char *key)
{
    ipvs_service_key wanted = key_of(key);
    ipvs_service_entry entry = IPVS_SERVICE_ENTRY_INIT;
    DOES(ipvs_client_service, client, &wanted, &entry);
    CHECK(entry.size == sizeof entry && entry.service.size == sizeof entry.service);
    CHECK(entry.stats.connections == 0 && entry.stats.width == 64);
    return entry.service;
}

static void adding(void)
{
    ipvs_service web = service_of(WEB " scheduler rr"), read;
    DOES(ipvs_client_add_service, client, &web);
    read = read_back(WEB);
    SAME(text_of_service(&read), WEB " scheduler rr");
    FAILS(IPVS_ALREADY_EXISTS, ipvs_client_add_service, client, &web);
    CHECK(last.error_number == EEXIST && last.applied == IPVS_APPLIED_NO);
    SAME(last.object, WEB);
    web = service_of(SINGLE_UDP " scheduler rr");
    SIZES_IN(ipvs_client_add_service, service, ipvs_service, web, client, it);
    NULL_REFUSED(ipvs_client_add_service, client, NULL, &web);
    NULL_REFUSED(ipvs_client_add_service, service, client, NULL);
}

static void adding_what_is_no_service(void)
{
    ipvs_service web = service_of(WEB), wrong = web;
    strcpy(wrong.scheduler, "nonesuch");
    FAILS(IPVS_UNKNOWN_SCHEDULER, ipvs_client_add_service, client, &wrong);
    wrong = service_of(WEB " flags persistent timeout 60 engine nonesuch");
    FAILS(IPVS_UNKNOWN_SCHEDULER, ipvs_client_add_service, client, &wrong);
    wrong = web;
    memset(wrong.scheduler, 'a', sizeof wrong.scheduler);
    REFUSED("scheduler", ipvs_client_add_service, client, &wrong);
    wrong = web;
    memset(wrong.persistence_engine, 'a', sizeof wrong.persistence_engine);
    REFUSED("persistence_engine", ipvs_client_add_service, client, &wrong);
    wrong = web;
    wrong.persistence_netmask.family = 5;
    FAILS(IPVS_INVALID_INPUT, ipvs_client_add_service, client, &wrong);
    wrong = web;
    wrong.persistence_netmask.family = IPVS_IPV6;
    wrong.persistence_netmask.prefix_length = 129;
    REFUSED("persistence_netmask", ipvs_client_add_service, client, &wrong);
    wrong = web;
    wrong.persistence_netmask.prefix_length = 24;
    FAILS(IPVS_INVALID_INPUT, ipvs_client_add_service, client, &wrong);
    wrong = web;
    wrong.flags = IPVS_SERVICE_PERSISTENT;
    FAILS(IPVS_INVALID_INPUT, ipvs_client_add_service, client, &wrong);
    wrong = web;
    wrong.key.port = 0;
    REFUSED("port", ipvs_client_add_service, client, &wrong);
    wrong = web;
    wrong.key.protocol = 47;
    REFUSED("protocol", ipvs_client_add_service, client, &wrong);
    wrong = web;
    wrong.key.family = 1;
    REFUSED("family", ipvs_client_add_service, client, &wrong);
    holds("");
}

static void updating(void)
{
    ipvs_service web = service_of(WEB " scheduler rr"), read;
    FAILS(IPVS_SERVICE_NOT_FOUND, ipvs_client_update_service, client, &web);
    DOES(ipvs_client_add_service, client, &web);
    web = service_of(WEB " scheduler wrr flags persistent timeout 300");
    SIZES_IN(ipvs_client_update_service, service, ipvs_service, web, client, it);
    read = read_back(WEB);
    SAME(text_of_service(&read), WEB " scheduler wrr flags persistent timeout 300");
    strcpy(web.scheduler, "nonesuch");
    FAILS(IPVS_UNKNOWN_SCHEDULER, ipvs_client_update_service, client, &web);
    NULL_REFUSED(ipvs_client_update_service, client, NULL, &web);
    NULL_REFUSED(ipvs_client_update_service, service, client, NULL);
}

static void editing(void)
{
    ipvs_service_key key = key_of(WEB), none = key_of("tcp 192.0.2.9:80");
    ipvs_service_edit edit = IPVS_SERVICE_EDIT_INIT;
    ipvs_service edited = IPVS_SERVICE_INIT;
    have("-A -t 192.0.2.1:80 -s rr");
    edit.set = IPVS_SERVICE_EDIT_SCHEDULER | IPVS_SERVICE_EDIT_PERSISTENCE_TIMEOUT
        | IPVS_SERVICE_EDIT_PERSISTENCE_NETMASK | IPVS_SERVICE_EDIT_PERSISTENCE_ENGINE;
    edit.set_flags = IPVS_SERVICE_PERSISTENT;
    edit.clear_flags = IPVS_SERVICE_ONE_PACKET;
    edit.persistence_timeout_seconds = 90;
    strcpy(edit.scheduler, "wrr");
    DOES(ipvs_netmask_parse, "255.255.255.0", &edit.persistence_netmask);
    DOES(ipvs_client_edit_service, client, &key, &edit, &edited);
    SAME(text_of_service(&edited), WEB " scheduler wrr flags persistent timeout 90 "
                                   "netmask 255.255.255.0");
    edited = read_back(WEB);
    CHECK(edited.persistence_timeout_seconds == 90);

    edit.set = IPVS_SERVICE_EDIT_PERSISTENCE_TIMEOUT;
    edit.persistence_timeout_seconds = 91;
    SIZES_IN(ipvs_client_edit_service, edit, ipvs_service_edit, edit, client, &key, it, &edited);
    SIZES_OUT(ipvs_client_edit_service, edited, ipvs_service, client, &key, &edit, it);
    NULL_TAKEN(ipvs_client_edit_service, edited,
               ipvs_client_edit_service(client, &key, &edit, NULL, NULL) == IPVS_OK);
    FAILS(IPVS_SERVICE_NOT_FOUND, ipvs_client_edit_service, client, &none, &edit, &edited);
    SAME(last.object, "tcp 192.0.2.9:80");
    NULL_REFUSED(ipvs_client_edit_service, client, NULL, &key, &edit, &edited);
    NULL_REFUSED(ipvs_client_edit_service, key, client, NULL, &edit, &edited);
    NULL_REFUSED(ipvs_client_edit_service, edit, client, &key, NULL, &edited);
    CHECK(edited.persistence_timeout_seconds == 91);
}

static void editing_what_is_no_edit(void)
{
    ipvs_service_key key = key_of(WEB);
    ipvs_service_edit wrong = IPVS_SERVICE_EDIT_INIT;
    have("-A -t 192.0.2.1:80 -s rr");
    wrong.set = 1u << 31;
    REFUSED("set", ipvs_client_edit_service, client, &key, &wrong, NULL);
    wrong.set = IPVS_SERVICE_EDIT_SCHEDULER;
    REFUSED("scheduler", ipvs_client_edit_service, client, &key, &wrong, NULL);
    memset(wrong.scheduler, 'a', sizeof wrong.scheduler);
    REFUSED("scheduler", ipvs_client_edit_service, client, &key, &wrong, NULL);
    wrong.set = 0;
    wrong.reserved = 1;
    REFUSED("reserved", ipvs_client_edit_service, client, &key, &wrong, NULL);
    holds("-A -t 192.0.2.1:80 -s rr\n");
}

static void removing_and_zeroing(void)
{
    ipvs_service_key key = key_of(WEB);
    have("-A -t 192.0.2.1:80 -s rr");
    DOES(ipvs_client_zero_service, client, &key);
    NULL_REFUSED(ipvs_client_zero_service, client, NULL, &key);
    NULL_REFUSED(ipvs_client_zero_service, key, client, NULL);
    DOES(ipvs_client_remove_service, client, &key);
    FAILS(IPVS_SERVICE_NOT_FOUND, ipvs_client_remove_service, client, &key);
    FAILS(IPVS_SERVICE_NOT_FOUND, ipvs_client_zero_service, client, &key);
    NULL_REFUSED(ipvs_client_remove_service, client, NULL, &key);
    NULL_REFUSED(ipvs_client_remove_service, key, client, NULL);
}

static void reading_one(void)
{
    ipvs_service_key key = key_of(WEB);
    ipvs_service_entry entry;
    memset(&entry, 0x5a, sizeof entry);
    entry.size = sizeof entry;
    FAILS(IPVS_SERVICE_NOT_FOUND, ipvs_client_service, client, &key, &entry);
    NULL_REFUSED(ipvs_client_service, client, NULL, &key, &entry);
    NULL_REFUSED(ipvs_client_service, key, client, NULL, &entry);
    NULL_REFUSED(ipvs_client_service, entry, client, &key, NULL);
    CHECK(suite_all((unsigned char *)&entry.stats, sizeof entry.stats, 0x5a));
    have("-A -t 192.0.2.1:80 -s rr");
    SIZES_OUT(ipvs_client_service, entry, ipvs_service_entry, client, &key, it);
}

static void listing(void)
{
    ipvs_service_list *list;
    ipvs_service_entry entry = IPVS_SERVICE_ENTRY_INIT;
    have("-A -f 7 -s rr\n-A -t 192.0.2.1:80 -s rr\n-A -t 192.0.2.0:80 -s rr");
    DOES(ipvs_client_services, client, &list);
    CHECK(ipvs_service_list_length(list) == 3);
    DOES(ipvs_service_list_at, list, 0, &entry);
    SAME(text_of_key(&entry.service.key), "tcp 192.0.2.0:80");
    DOES(ipvs_service_list_at, list, 2, &entry);
    SAME(text_of_key(&entry.service.key), "fwmark 7");
    REFUSED("index", ipvs_service_list_at, list, 3, &entry);
    REFUSED("index", ipvs_service_list_at, list, SIZE_MAX, &entry);
    SIZES_OUT(ipvs_service_list_at, entry, ipvs_service_entry, list, 0, it);
    NULL_REFUSED(ipvs_service_list_at, list, NULL, 0, &entry);
    NULL_REFUSED(ipvs_service_list_at, entry, list, 0, NULL);
    SAME(text_of_key(&entry.service.key), "fwmark 7");
    ipvs_service_list_free(list);

    list = NOTHING;
    NULL_REFUSED(ipvs_client_services, client, NULL, &list);
    NULL_REFUSED(ipvs_client_services, list, client, NULL);
    CHECK(list == NOTHING);
    NULL_TAKEN(ipvs_service_list_length, list, ipvs_service_list_length(NULL) == 0);
    FREES_NULL(ipvs_service_list_free);
}

static void streaming(void)
{
    ipvs_service_stream *stream, *none = NOTHING;
    ipvs_service_entry entry = IPVS_SERVICE_ENTRY_INIT;
    bool has = false;
    have("-A -f 7 -s rr\n-A -t 192.0.2.1:80 -s rr");
    DOES(ipvs_client_stream_services, client, &stream);
    /* It reads on a socket of its own. */
    DOES(ipvs_client_zero, client);
    NULL_REFUSED(ipvs_service_stream_next, stream, NULL, &entry, &has);
    NULL_REFUSED(ipvs_service_stream_next, entry, stream, NULL, &has);
    NULL_REFUSED(ipvs_service_stream_next, has, stream, &entry, NULL);
    CHECK(!has);
    SIZES_OUT(ipvs_service_stream_next, entry, ipvs_service_entry, stream, it, &has);
    CHECK(has);
    DOES(ipvs_service_stream_next, stream, &entry, &has);
    CHECK(has);
    for (int past_the_end = 0; past_the_end < 3; past_the_end++) {
        DOES(ipvs_service_stream_next, stream, &entry, &has);
        CHECK(!has && *entry.service.scheduler == 'r');
    }
    ipvs_service_stream_free(stream);
    DOES(ipvs_client_stream_services, client, &stream);
    ipvs_service_stream_free(stream);
    NULL_REFUSED(ipvs_client_stream_services, client, NULL, &none);
    NULL_REFUSED(ipvs_client_stream_services, stream, client, NULL);
    CHECK(none == NOTHING);
    FREES_NULL(ipvs_service_stream_free);
}

static void a_stream_ends_where_it_fails(void)
{
    ipvs_service_stream *stream;
    ipvs_service_entry entry = IPVS_SERVICE_ENTRY_INIT;
    bool has = true;
    have("-A -f 7 -s rr");
    DOES(ipvs_client_stream_services, client, &stream);
    break_once(IPVS_FAULT_OVERRUN, 0);
    FAILS(IPVS_OVERRUN, ipvs_service_stream_next, stream, &entry, &has);
    CHECK(has);
    DOES(ipvs_service_stream_next, stream, &entry, &has);
    CHECK(!has);
    ipvs_service_stream_free(stream);
    break_once(IPVS_FAULT_ERRNO, EMFILE);
    ipvs_service_stream_free(NULL);
    ipvs_fake_kernel_clear_faults(kernel);
}

static void ipv6_on_a_kernel_without(void)
{
    ipvs_fake_options options = IPVS_FAKE_OPTIONS_INIT;
    ipvs_fake_kernel *other;
    ipvs_client *its;
    ipvs_service web = service_of("tcp [2001:db8::1]:80");
    options.flags = IPVS_FAKE_WITHOUT_IPV6;
    DOES(ipvs_fake_kernel_new, &options, &other);
    DOES(ipvs_fake_kernel_client, other, NULL, &its);
    FAILS(IPVS_UNSUPPORTED, ipvs_client_add_service, its, &web);
    ipvs_client_free(its);
    ipvs_fake_kernel_free(other);
    DOES(ipvs_client_add_service, client, &web);
}

const test services_tests[] = {
    EVERYWHERE(texts),
    EVERYWHERE(scheduler_flags),
    EVERYWHERE(adding),
    EVERYWHERE(adding_what_is_no_service),
    EVERYWHERE(updating),
    EVERYWHERE(editing),
    EVERYWHERE(editing_what_is_no_edit),
    EVERYWHERE(removing_and_zeroing),
    EVERYWHERE(reading_one),
    EVERYWHERE(listing),
    EVERYWHERE(streaming),
    ON_THE_FAKE(a_stream_ends_where_it_fails, "it injects a fault"),
    ON_THE_FAKE(ipv6_on_a_kernel_without, "it takes a kernel without IPv6"),
    END
};
