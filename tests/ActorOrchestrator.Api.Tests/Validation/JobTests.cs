using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Tests.Validation;

public sealed class JobTests
{
    [Theory]
    [InlineData("{'parallelism':-1}", "spec.parallelism: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("{'template':{'spec':{'restartPolicy':'Always'}}}",
        "spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\"")]
    [InlineData("{'completionMode':'Random'}",
        "spec.completionMode: Unsupported value: \"Random\": supported values: \"Indexed\", \"NonIndexed\"")]
    [InlineData("{'completionMode':'Indexed','completions':null}",
        "spec.completions: Required value: when completion mode is Indexed")]
    [InlineData("{'backoffLimitPerIndex':1}",
        "spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode")]
    [InlineData("{'selector':{'matchLabels':{'a':'b'}}}",
        "spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`")]
    [InlineData("{'template':{'spec':{'restartPolicy':'OnFailure'}},'podFailurePolicy':{'rules':["
        + "{'action':'FailJob','onExitCodes':{'operator':'In','values':[0]}},{'action':'Ignore'}]}}",
        "spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator\n"
        + "spec.podFailurePolicy.rules[1]: Invalid value: \"\": specifying one of OnExitCodes and OnPodConditions is "
        + "required\nspec.template.spec.restartPolicy: Invalid value: \"OnFailure\": only \"Never\" is supported when "
        + "podFailurePolicy is specified")]
    public void A_job_is_checked(string spec, string expected) =>
        Manifests.AssertErrors(expected, Validator.Validate(Manifests.Of("Job", $"{{'spec':{spec}}}")));

    [Theory]
    [InlineData("{'parallelism':5,'suspend':true,'activeDeadlineSeconds':9}", "")]
    [InlineData("{'completions':2}", "spec.completions: Invalid value: 2: field is immutable")]
    [InlineData("{'completionMode':'Indexed','completions':1}",
        "spec.completionMode: Invalid value: \"Indexed\": field is immutable")]
    [InlineData("{'template':{'spec':{'hostname':'h'}}}", "spec.template: Invalid value: {\"metadata\":{},\"spec\":{"
        + "\"containers\":[{\"name\":\"c\",\"image\":\"nginx\",\"resources\":{},\"terminationMessagePolicy\":\"File\","
        + "\"imagePullPolicy\":\"Always\"}],\"restartPolicy\":\"Never\",\"dnsPolicy\":\"ClusterFirst\","
        + "\"hostname\":\"h\"}}: field is immutable")]
    public void Little_of_a_job_may_change(string spec, string expected) => Manifests.AssertErrors(
        expected, Validator.ValidateUpdate(Manifests.Of("Job"), Manifests.Of("Job", $"{{'spec':{spec}}}")));

    [Fact]
    public void A_suspended_job_may_still_be_told_where_to_run() => Manifests.AssertErrors("", Validator.ValidateUpdate(
        Manifests.Of("Job", "{'spec':{'suspend':true}}"),
        Manifests.Of("Job", "{'spec':{'suspend':false,'template':{'spec':{'nodeSelector':{'a':'b'}}}}}")));

    [Theory]
    [InlineData("{'schedule':''}", "spec.schedule: Required value")]
    [InlineData("{'schedule':'* * *'}",
        "spec.schedule: Invalid value: \"* * *\": expected exactly 5 fields, found 3: [* * *]")]
    [InlineData("{'schedule':'TZ=UTC * * * * *'}", "spec.schedule: Invalid value: \"TZ=UTC * * * * *\": cannot use TZ "
        + "or CRON_TZ in schedule, use timeZone field instead")]
    [InlineData("{'timeZone':'Etc/UTC'}", "")]
    [InlineData("{'timeZone':''}", "spec.timeZone: Invalid value: \"\": timeZone must be nil or non-empty string")]
    [InlineData("{'timeZone':'Mars/Olympus'}",
        "spec.timeZone: Invalid value: \"Mars/Olympus\": unknown time zone Mars/Olympus")]
    [InlineData("{'timeZone':'local'}", "spec.timeZone: Invalid value: \"local\": timeZone must be an explicit time "
        + "zone as defined in https://www.iana.org/time-zones")]
    [InlineData("{'concurrencyPolicy':'Never'}", "spec.concurrencyPolicy: Unsupported value: \"Never\": supported "
        + "values: \"Allow\", \"Forbid\", \"Replace\"")]
    [InlineData("{'jobTemplate':{'spec':{'template':{'spec':{'containers':null}}}}}",
        "spec.jobTemplate.spec.template.spec.containers: Required value")]
    [InlineData("{'failedJobsHistoryLimit':-1}",
        "spec.failedJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0")]
    public void A_cron_job_is_checked(string spec, string expected) =>
        Manifests.AssertErrors(expected, Validator.Validate(Manifests.Of("CronJob", $"{{'spec':{spec}}}")));

    [Fact]
    public void A_cron_jobs_name_leaves_room_for_its_jobs()
    {
        Manifests.AssertErrors("", Validator.Validate(WithName(52)));
        var error = Assert.Single(Validator.Validate(WithName(53)));
        Assert.Equal(("metadata.name", "must be no more than 52 characters"), (error.Field, error.Detail));
    }

    [Theory]
    [InlineData("0 0 1 1 0")]
    [InlineData("*/15 0-23/2 1,15 jan-dec MON-FRI")]
    [InlineData("5/10 ? * * sun")]
    [InlineData("@daily")]
    [InlineData("@every 1h30m")]
    public void Schedules_are_understood(string schedule) => Assert.Null(CronSyntax.Complaint(schedule));

    [Theory]
    [InlineData("60 * * * *", "end of range (60) above maximum (59): 60")]
    [InlineData("* 24 * * *", "end of range (24) above maximum (23): 24")]
    [InlineData("* * 0 * *", "beginning of range (0) below minimum (1): 0")]
    [InlineData("* * * 13 *", "end of range (13) above maximum (12): 13")]
    [InlineData("* * * * 7", "end of range (7) above maximum (6): 7")]
    [InlineData("5-3 * * * *", "beginning of range (5) beyond end of range (3): 5-3")]
    [InlineData("*/0 * * * *", "step of range should be a positive number: */0")]
    [InlineData("1-2-3 * * * *", "too many hyphens: 1-2-3")]
    [InlineData("1/2/3 * * * *", "too many slashes: 1/2/3")]
    [InlineData("x * * * *", "failed to parse int from x: strconv.Atoi: parsing \"x\": invalid syntax")]
    [InlineData("@sometimes", "unrecognized descriptor: @sometimes")]
    [InlineData("@every soon", "failed to parse duration @every soon: time: invalid duration \"soon\"")]
    [InlineData("* * * * * *", "expected exactly 5 fields, found 6: [* * * * * *]")]
    public void Bad_schedules_are_named(string schedule, string expected) =>
        Assert.Equal(expected, CronSyntax.Complaint(schedule));

    private static KubeObject WithName(int length) =>
        Manifests.Of("CronJob", $"{{'metadata':{{'name':'{new string('a', length)}'}}}}");
}
