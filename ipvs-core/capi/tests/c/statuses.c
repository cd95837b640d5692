/* The library's version; statuses and errors; texts. */
#include <errno.h>
#include "suite.h"

static void the_version_is_the_headers(void)
{
    char version[32];
    snprintf(version, sizeof version, "%d.%d.%d", IPVS_VERSION_MAJOR, IPVS_VERSION_MINOR,
             IPVS_VERSION_PATCH);
    SAME(ipvs_library_version(), version);
    CHECK(IPVS_VERSION_NUMBER > 0);
}

static void every_status_has_a_name(void)
{
    const char *const names[] = {
        "ok", "service_not_found", "dest_not_found", "daemon_not_running", "already_exists",
        "unknown_scheduler", "module_missing", "permission_denied", "invalid_input",
        "unsupported", "changed_while_reading", "timed_out", "overrun", "protocol", "forked",
        "io", "internal",
    };
    for (ipvs_status status = IPVS_OK; status <= IPVS_INTERNAL; status++)
        SAME(ipvs_status_name(status), names[status]);
    SAME(ipvs_status_name(IPVS_PANIC), "panic");
    SAME(ipvs_status_name(IPVS_INTERNAL + 1), "unknown");
    SAME(ipvs_status_name(-1), "unknown");
    SAME(ipvs_status_name(INT32_MIN), "unknown");
}

static void an_error_says_what_went_wrong(void)
{
    ipvs_service web = service_of("tcp 192.0.2.1:80");
    ipvs_error *error = NULL;
    DOES(ipvs_client_add_service, client, &web);
    CHECK(ipvs_client_add_service(client, &web, &error) == IPVS_ALREADY_EXISTS);
    CHECK(ipvs_error_status(error) == IPVS_ALREADY_EXISTS);
    SAME(ipvs_error_message(error), "add service tcp 192.0.2.1:80: already exists (EEXIST)");
    CHECK(ipvs_error_errno(error) == EEXIST);
    CHECK(ipvs_error_applied(error) == IPVS_APPLIED_NO);
    SAME(ipvs_error_operation(error), "add_service");
    SAME(ipvs_error_object(error), "tcp 192.0.2.1:80");
    CHECK(!ipvs_error_field(error));
    SAME(ipvs_error_cause(error), "already exists");
    CHECK(!ipvs_error_cure(error));
    ipvs_error_free(error);
}

static void an_error_names_the_field_and_the_cure(void)
{
    ipvs_service web = service_of("tcp 192.0.2.1:80 scheduler nonesuch");
    ipvs_error *error = NULL;
    CHECK(ipvs_client_add_service(client, &web, &error) == IPVS_UNKNOWN_SCHEDULER);
    CHECK(ipvs_error_errno(error) == ENOENT);
    CHECK(ipvs_error_cure(error) && strstr(ipvs_error_message(error), ipvs_error_cure(error)));
    ipvs_error_free(error);

    web = service_of("tcp 192.0.2.1:80 flags persistent timeout 300");
    web.persistence_timeout_seconds = 4294968;
    error = NULL;
    CHECK(ipvs_client_add_service(client, &web, &error) == IPVS_INVALID_INPUT);
    SAME(ipvs_error_field(error), "persistence_timeout");
    CHECK(ipvs_error_errno(error) == 0);
    CHECK(strstr(ipvs_error_message(error), ipvs_error_field(error)));
    CHECK(strstr(ipvs_error_message(error), ipvs_error_cause(error)));
    ipvs_error_free(error);
}

static void a_failure_needs_nowhere_to_put_its_error(void)
{
    ipvs_service_key none = key_of("tcp 192.0.2.9:80");
    CHECK(ipvs_client_remove_service(client, &none, NULL) == IPVS_SERVICE_NOT_FOUND);
    CHECK(ipvs_client_remove_service(NULL, &none, NULL) == IPVS_INVALID_INPUT);
}

static void no_error_is_a_constant(void)
{
    NULL_TAKEN(ipvs_error_status, error, ipvs_error_status(NULL) == IPVS_OK);
    NULL_TAKEN(ipvs_error_message, error, !strcmp(ipvs_error_message(NULL), "no error"));
    NULL_TAKEN(ipvs_error_errno, error, ipvs_error_errno(NULL) == 0);
    NULL_TAKEN(ipvs_error_applied, error, ipvs_error_applied(NULL) == IPVS_APPLIED_NO);
    NULL_TAKEN(ipvs_error_operation, error, !strcmp(ipvs_error_operation(NULL), ""));
    NULL_TAKEN(ipvs_error_object, error, !ipvs_error_object(NULL));
    NULL_TAKEN(ipvs_error_field, error, !ipvs_error_field(NULL));
    NULL_TAKEN(ipvs_error_cause, error, !strcmp(ipvs_error_cause(NULL), "no error"));
    NULL_TAKEN(ipvs_error_cure, error, !ipvs_error_cure(NULL));
    FREES_NULL(ipvs_error_free);
}

static void a_text_ends_with_a_nul(void)
{
    ipvs_table *table = table_of("-A -t 192.0.2.1:80 -s wrr\n");
    ipvs_text *lines;
    DOES(ipvs_table_to_rules, table, 0, &lines);
    SAME(ipvs_text_data(lines), "-A -t 192.0.2.1:80 -s wrr\n");
    CHECK(ipvs_text_length(lines) == strlen(ipvs_text_data(lines)));
    ipvs_text_free(lines);
    ipvs_table_free(table);
    NULL_TAKEN(ipvs_text_data, text, !strcmp(ipvs_text_data(NULL), ""));
    NULL_TAKEN(ipvs_text_length, text, ipvs_text_length(NULL) == 0);
    FREES_NULL(ipvs_text_free);
}

const test statuses_tests[] = {
    EVERYWHERE(the_version_is_the_headers),
    EVERYWHERE(every_status_has_a_name),
    EVERYWHERE(an_error_says_what_went_wrong),
    EVERYWHERE(an_error_names_the_field_and_the_cure),
    EVERYWHERE(a_failure_needs_nowhere_to_put_its_error),
    EVERYWHERE(no_error_is_a_constant),
    EVERYWHERE(a_text_ends_with_a_nul),
    END
};
