/* What the macros of suite.h judge by, and values of texts. */
#include <stdlib.h>
#include "suite.h"

char suite_nothing;
struct last last;

void suite_done(ipvs_status status, ipvs_error *error, const char *function, const char *file,
                int line)
{
    if (status != IPVS_OK && error != NOTHING) {
        fprintf(stderr, "%s: %s\n", ipvs_status_name(status), ipvs_error_message(error));
        ipvs_error_free(error);
    }
    suite_check(status == IPVS_OK, function, file, line);
    suite_check(error == NOTHING, "success leaves the error alone", file, line);
}

static void keep(char *to, size_t size, const char *text)
{
    snprintf(to, size, "%s", text ? text : "");
}

void suite_failed(ipvs_status wanted, ipvs_status status, ipvs_error *error, const char *function,
                  const char *file, int line)
{
    if (status == IPVS_OK || error == NOTHING || !error) {
        fprintf(stderr, "%s: %s without an error\n", function, ipvs_status_name(status));
        suite_check(false, function, file, line);
    }
    keep(last.message, sizeof last.message, ipvs_error_message(error));
    keep(last.operation, sizeof last.operation, ipvs_error_operation(error));
    keep(last.field, sizeof last.field, ipvs_error_field(error));
    keep(last.object, sizeof last.object, ipvs_error_object(error));
    keep(last.cause, sizeof last.cause, ipvs_error_cause(error));
    keep(last.cure, sizeof last.cure, ipvs_error_cure(error));
    last.error_number = ipvs_error_errno(error);
    last.applied = ipvs_error_applied(error);
    suite_check(ipvs_error_status(error) == status, "the error has its status", file, line);
    ipvs_error_free(error);
    if (status != wanted)
        fprintf(stderr, "%s, and not %s: %s\n", ipvs_status_name(status), ipvs_status_name(wanted),
                last.message);
    suite_check(status == wanted, function, file, line);
    suite_check(*last.message && *last.operation && *last.cause, "it says why", file, line);
}

void suite_same(const char *text, const char *wanted, const char *what, const char *file, int line)
{
    bool same = text && strcmp(text, wanted) == 0;
    if (!same)
        fprintf(stderr, "it is \"%s\"\nand not \"%s\"\n", text ? text : "NULL", wanted);
    suite_check(same, what, file, line);
}

/* As much of a text as a buffer's length lets, a NUL behind it, and nothing behind that. */
void suite_fits(const char *buffer, size_t size, size_t length, const char *text,
                const char *what, const char *file, int line)
{
    size_t fits = strlen(text) < length ? strlen(text) : length ? length - 1 : 0;
    size_t written = length ? fits + 1 : 0;
    bool right = memcmp(buffer, text, fits) == 0 && (!length || !buffer[fits])
        && suite_all((const unsigned char *)buffer + written, size - written, 0x5a);
    if (!right)
        fprintf(stderr, "\"%.*s\" in %zu bytes is not \"%s\"\n", (int)length, buffer, length, text);
    suite_check(right, what, file, line);
}

size_t suite_wrong_size(size_t which, size_t right)
{
    const size_t wrong[WRONG_SIZES] = { 0, 1, sizeof(size_t), right - 1, 4097, SIZE_MAX };
    return wrong[which];
}

bool suite_all(const unsigned char *bytes, size_t length, unsigned char value)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] != value)
            return false;
    return true;
}

ipvs_address address_of(const char *text)
{
    ipvs_address address;
    DOES(ipvs_address_parse, text, &address);
    return address;
}

ipvs_service_key key_of(const char *text)
{
    ipvs_service_key key;
    DOES(ipvs_service_key_parse, text, &key);
    return key;
}

ipvs_dest_key dest_key_of(const char *text)
{
    ipvs_dest_key key;
    DOES(ipvs_dest_key_parse, text, &key);
    return key;
}

ipvs_service service_of(const char *text)
{
    ipvs_service service = IPVS_SERVICE_INIT;
    DOES(ipvs_service_parse, text, &service);
    return service;
}

ipvs_dest dest_of(const char *text)
{
    ipvs_dest dest = IPVS_DEST_INIT;
    DOES(ipvs_dest_parse, text, &dest);
    return dest;
}

ipvs_daemon daemon_of(const char *text)
{
    ipvs_daemon daemon = IPVS_DAEMON_INIT;
    DOES(ipvs_daemon_parse, text, &daemon);
    return daemon;
}

ipvs_table *table_of(const char *rules)
{
    ipvs_table *table;
    DOES(ipvs_table_from_rules, rules, &table);
    return table;
}

static char text[512];

const char *text_of_key(const ipvs_service_key *key)
{
    ipvs_service_key_format(key, text, sizeof text);
    return text;
}

const char *text_of_service(const ipvs_service *service)
{
    ipvs_service_format(service, text, sizeof text);
    return text;
}

const char *text_of_dest(const ipvs_dest *dest)
{
    ipvs_dest_format(dest, text, sizeof text);
    return text;
}

const char *text_of_daemon(const ipvs_daemon *daemon)
{
    ipvs_daemon_format(daemon, text, sizeof text);
    return text;
}

void have(const char *rules)
{
    ipvs_batch *batch;
    ipvs_report *report;
    DOES(ipvs_batch_from_rules, rules, &batch);
    DOES(ipvs_client_batch, client, batch, &report);
    SAME(ipvs_error_message(ipvs_report_first_error(report)), "no error");
    ipvs_report_free(report);
    ipvs_batch_free(batch);
}

void holds(const char *rules)
{
    ipvs_snapshot *seen;
    ipvs_table *table;
    ipvs_text *lines;
    DOES(ipvs_client_snapshot, client, &seen);
    DOES(ipvs_snapshot_table, seen, &table);
    DOES(ipvs_table_to_rules, table, 0, &lines);
    SAME(ipvs_text_data(lines), rules);
    ipvs_text_free(lines);
    ipvs_table_free(table);
    ipvs_snapshot_free(seen);
}
