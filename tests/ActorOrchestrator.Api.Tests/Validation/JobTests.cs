using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Tests.Validation;

public sealed class JobTests
{
    [Theory]
    [InlineData("{'parallelism':-1}", "spec.parallelism: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("{'template':{'spec':{'restartPolicy':'Always'}}}",
        "spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\"")]
    [InlineData("{'completionMode':'Random'}",
        "spec.completionMode: Unsupported value: \"Random\": supported values: \"NonIndexed\", \"Indexed\"")]
    [InlineData("{'completionMode':'Indexed','completions':null}",
        "spec.completions: Required value: when completion mode is Indexed")]
    [InlineData("{'backoffLimitPerIndex':1}",
        "spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode")]
    [InlineData("{'selector':{'matchLabels':{'a':'b'}}}",
        "spec.selector: Invalid value: {\"matchLabels\":{\"a\":\"b\"}}: `selector` not auto-generated\n"
        + "spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`")]
    [InlineData("{'template':{'spec':{'restartPolicy':'OnFailure'}},'podFailurePolicy':{'rules':["
        + "{'action':'FailJob','onExitCodes':{'operator':'In','values':[0]}},{'action':'Ignore'}]}}",
        "spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator\n"
        + "spec.podFailurePolicy.rules[1]: Invalid value: \"\": specifying one of OnExitCodes and OnPodConditions is "
        + "required\nspec.template.spec.restartPolicy: Invalid value: \"OnFailure\": only \"Never\" is supported when "
        + "podFailurePolicy is specified")]
    [InlineData("{'selector':null,'manualSelector':true}", "spec.selector: Required value")]
    [InlineData("{'managedBy':'me'}", "spec.managedBy: Invalid value: \"me\": must be a domain-prefixed path (such as "
        + "\"acme.io/foo\")")]
    [InlineData("{'maxFailedIndexes':1}", "spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is "
        + "specified\nspec.maxFailedIndexes: Invalid value: 1: requires indexed completion mode")]
    [InlineData("{'completionMode':'Indexed','completions':2,'backoffLimitPerIndex':1,'maxFailedIndexes':3}",
        "spec.maxFailedIndexes: Invalid value: 3: must be less than or equal to completions")]
    [InlineData("{'completionMode':'Indexed','parallelism':100001}", "spec.parallelism: Invalid value: 100001: must "
        + "be less than or equal to 100000 when completion mode is Indexed")]
    [InlineData("{'successPolicy':{'rules':[{'succeededCount':1}]}}", "spec.successPolicy: Invalid value: "
        + "{\"rules\":[{\"succeededCount\":1}]}: requires indexed completion mode")]
    [InlineData("{'completionMode':'Indexed','successPolicy':{}}", "spec.successPolicy.rules: Required value: at least "
        + "one rules must be specified when the successPolicy is specified")]
    [InlineData("{'completionMode':'Indexed','completions':5,'successPolicy':{'rules':[{'succeededIndexes':'1,3-4',"
        + "'succeededCount':4},{'succeededIndexes':'3,1'},{'succeededIndexes':'5'}]}}",
        "spec.successPolicy.rules[0].succeededCount: Invalid value: 4: must be less than or equal to 3 (the number of "
        + "indexes in the specified succeededIndexes field)\nspec.successPolicy.rules[1].succeededIndexes: Invalid "
        + "value: \"3,1\": error parsing succeededIndexes: non-increasing order, previous: 3, current: 1\n"
        + "spec.successPolicy.rules[2].succeededIndexes: Invalid value: \"5\": error parsing succeededIndexes: too "
        + "large index: \"5\"")]
    [InlineData("{'podReplacementPolicy':'x'}", "spec.podReplacementPolicy: Unsupported value: \"x\": supported "
        + "values: \"Failed\", \"TerminatingOrFailed\"")]
    [InlineData("{'podFailurePolicy':{'rules':[{'action':'Count','onExitCodes':{'operator':'Is','values':[2,1,1],"
        + "'containerName':'d'}}]}}",
        "spec.podFailurePolicy.rules[0].onExitCodes.operator: Unsupported value: \"Is\": supported values: \"In\", "
        + "\"NotIn\"\nspec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: \"d\": must be one of "
        + "the container or initContainer names in the pod template\n"
        + "spec.podFailurePolicy.rules[0].onExitCodes.values[2]: Duplicate value: 1\n"
        + "spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [2,1,1]: must be ordered")]
    [InlineData("{'podFailurePolicy':{'rules':[{'action':'FailIndex',"
        + "'onPodConditions':[{'type':'a','status':'Yes'}]}]}}",
        "spec.podFailurePolicy.rules[0].action: Invalid value: \"FailIndex\": requires the backoffLimitPerIndex to be "
        + "set\nspec.podFailurePolicy.rules[0].onPodConditions[0].status: Unsupported value: \"Yes\": supported "
        + "values: \"False\", \"True\", \"Unknown\"")]
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
    [InlineData("{'managedBy':'a.io/b'}", "spec.managedBy: Invalid value: \"a.io/b\": field is immutable")]
    [InlineData("{'podFailurePolicy':{'rules':[]}}",
        "spec.podFailurePolicy: Invalid value: {\"rules\":[]}: field is immutable")]
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
    [InlineData("{'concurrencyPolicy':null}", "spec.concurrencyPolicy: Required value")]
    [InlineData("{'startingDeadlineSeconds':-1}",
        "spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("{'jobTemplate':{'spec':{'manualSelector':true,'selector':{'matchLabels':{'a':'b'}}}}}",
        "spec.jobTemplate.spec.selector: Invalid value: {\"matchLabels\":{\"a\":\"b\"}}: `selector` will be "
        + "auto-generated\nspec.jobTemplate.spec.manualSelector: Unsupported value: \"true\": supported values: "
        + "\"nil\", \"false\"")]
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

    [Fact]
    public void A_zone_in_the_schedule_stays_where_it_was() => Manifests.AssertErrors("", Validator.ValidateUpdate(
        Manifests.Of("CronJob", "{'spec':{'schedule':'TZ=UTC * * * * *'}}"),
        Manifests.Of("CronJob", "{'spec':{'schedule':'TZ=UTC 0 * * * *'}}")));

    private static KubeObject WithName(int length) =>
        Manifests.Of("CronJob", $"{{'metadata':{{'name':'{new string('a', length)}'}}}}");
}
