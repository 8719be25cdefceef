using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Tests.Validation;

/// <summary>HorizontalPodAutoscalers: what they scale, by what, and how fast.</summary>
public sealed class AutoscalerTests
{
    private const string Kind = "HorizontalPodAutoscaler";
    private const string Cpu = "'resource':{'name':'cpu','target':{'type':'Utilization','averageUtilization':80}}";
    private const string Queue = "'metric':{'name':'queue'}";
    private const string Object = "'describedObject':{'apiVersion':'VERSION','kind':'Service','name':'s'},"
        + "'metric':{'name':'hits'},'target':{'type':'Value','value':'1'}";
    private const string NoGroup = "spec.scaleTargetRef.apiVersion: Invalid value: \"VERSION\": apiVersion must "
        + "specify API group";

    private static readonly string Label = NameRules.Label("A")[0];

    [Theory]
    [InlineData("apps/v1", "Deployment", "")]
    [InlineData("v1", "ReplicationController", "")]
    [InlineData("", "ReplicationController", "")]
    [InlineData("v1", "Deployment", NoGroup)]
    [InlineData("", "Deployment", NoGroup)]
    [InlineData("/", "Deployment", NoGroup)]
    [InlineData("a/b/c", "Deployment",
        "spec.scaleTargetRef.apiVersion: Invalid value: \"a/b/c\": unexpected GroupVersion string: a/b/c")]
    public void The_target_has_a_group(string version, string kind, string expected) => Manifests.AssertErrors(
        expected.Replace("VERSION", version), Validator.Validate(Manifests.Of(Kind, Target(version, kind))));

    [Fact]
    public void A_target_without_a_group_may_stay()
    {
        var old = Manifests.Of(Kind, Target("v1", "Deployment"));
        Manifests.AssertErrors("", Validator.ValidateUpdate(old, old));
        Manifests.AssertErrors(
            NoGroup.Replace("VERSION", "v2"),
            Validator.ValidateUpdate(old, Manifests.Of(Kind, Target("v2", "Deployment"))));
    }

    [Theory]
    [InlineData("{}", "type: Required value: must specify a metric source type\ntype: Unsupported value: \"\": "
        + "supported values: \"ContainerResource\", \"External\", \"Object\", \"Pods\", \"Resource\"")]
    [InlineData("{'type':'Resource'," + Cpu + "}", "")]
    [InlineData("{'type':'External'," + Cpu + "}",
        "external: Required value: must populate information for the given metric source")]
    [InlineData("{'type':'Resource'," + Cpu + ",'pods':{" + Queue + ",'target':{'type':'AverageValue',"
        + "'averageValue':'1'}}}", "pods: Forbidden: must populate the given metric source only")]
    [InlineData("{'type':'Resource','resource':{'name':'','target':{'type':'Value','value':'0'}}}",
        "resource.name: Required value: must specify a resource name\n"
        + "resource.target.value: Invalid value: \"0\": must be positive\n"
        + "resource.target.averageUtilization: Required value: must set either a target raw value or a target "
        + "utilization")]
    [InlineData("{'type':'Resource','resource':{'name':'cpu','target':{'type':'','averageUtilization':0,"
        + "'averageValue':'-1'}}}",
        "resource.target.type: Required value: must specify a metric target type\n"
        + "resource.target.type: Invalid value: \"\": must be either Utilization, Value, or AverageValue\n"
        + "resource.target.averageValue: Invalid value: \"-1\": must be positive\n"
        + "resource.target.averageUtilization: Invalid value: 0: must be greater than 0\n"
        + "resource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization")]
    [InlineData("{'type':'ContainerResource','containerResource':{'name':'cpu','container':'A',"
        + "'target':{'type':'Utilization','averageUtilization':1}}}",
        "containerResource.container: Invalid value: \"A\": LABEL")]
    [InlineData("{'type':'ContainerResource','containerResource':{'name':'pods','container':'',"
        + "'target':{'type':'Utilization','averageUtilization':1}}}",
        "containerResource.name: Invalid value: \"pods\": must be a standard resource for containers\n"
        + "containerResource.container: Required value: must specify a container")]
    [InlineData("{'type':'Pods','pods':{'metric':{'name':'a/b'},'target':{'type':'Value','value':'1'}}}",
        "pods.metric.name: Invalid value: \"a/b\": may not contain '/'\n"
        + "pods.target.averageValue: Required value: must specify a positive target averageValue")]
    [InlineData("{'type':'External','external':{'metric':{'name':''},'target':{'type':'Value'}}}",
        "external.metric.name: Required value: must specify a metric name\nexternal.target.averageValue: Required "
        + "value: must set either a target value for metric or a per-pod target")]
    [InlineData("{'type':'External','external':{" + Queue + ",'target':{'type':'Value','value':'1',"
        + "'averageValue':'1'}}}",
        "external.target.value: Forbidden: may not set both a target value for metric and a per-pod target")]
    [InlineData("{'type':'Object','object':{'describedObject':{'apiVersion':'a/b/c','kind':'','name':''},"
        + "'metric':{'name':'hits'},'target':{'type':'Value'}}}",
        "object.describedObject.kind: Required value\nobject.describedObject.name: Required value\n"
        + "object.describedObject.apiVersion: Invalid value: \"a/b/c\": unexpected GroupVersion string: a/b/c\n"
        + "object.target.averageValue: Required value: must set either a target value or averageValue")]
    [InlineData("{'type':'Object','object':{" + Object + "}}", "")]
    public void A_metric_has_one_source_and_a_target(string metric, string expected) => Manifests.AssertErrors(
        string.Join('\n', expected.Replace("LABEL", Label).Split('\n').Where(line => line.Length > 0)
            .Select(line => $"spec.metrics[0].{line}")),
        Validator.Validate(Manifests.Of(Kind, $"{{'spec':{{'metrics':[{metric.Replace("VERSION", "v1")}]}}}}")));

    [Fact]
    public void An_object_of_a_bad_version_may_stay()
    {
        var old = Manifests.Of(Kind, Metric("a/b/c"));
        Manifests.AssertErrors("", Validator.ValidateUpdate(old, old));
        Assert.Single(Validator.ValidateUpdate(Manifests.Of(Kind, Metric("v1")), old));

        static string Metric(string version) =>
            $"{{'spec':{{'metrics':[{{'type':'Object','object':{{{Object.Replace("VERSION", version)}}}}}]}}}}";
    }

    [Theory]
    [InlineData("'stabilizationWindowSeconds':-1",
        "stabilizationWindowSeconds: Invalid value: -1: must be greater than or equal to zero")]
    [InlineData("'selectPolicy':'Some'",
        "selectPolicy: Unsupported value: \"Some\": supported values: \"Disabled\", \"Max\", \"Min\"")]
    [InlineData("'policies':[{'type':'Some','value':0,'periodSeconds':1801},{'type':'Pods','value':1,"
        + "'periodSeconds':0}]",
        "policies[0].type: Unsupported value: \"Some\": supported values: \"Percent\", \"Pods\"\n"
        + "policies[0].value: Invalid value: 0: must be greater than zero\n"
        + "policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800\n"
        + "policies[1].periodSeconds: Invalid value: 0: must be greater than zero")]
    [InlineData("'tolerance':'-1m'", "tolerance: Invalid value: \"-1m\": must be greater than or equal to 0")]
    [InlineData("'tolerance':'50m'", "")]
    public void It_scales_by_rules(string rules, string expected)
    {
        const string policies = "'policies':[{'type':'Pods','value':1,'periodSeconds':1}]";
        var all = rules.Contains("policies") ? rules : $"{policies},{rules}";
        Manifests.AssertErrors(
            string.Join('\n', expected.Split('\n').Where(line => line.Length > 0)
                .Select(line => $"spec.behavior.scaleDown.{line}")),
            Validator.Validate(Manifests.Of(Kind, $"{{'spec':{{'behavior':{{'scaleDown':{{{all}}}}}}}}}")));
    }

    [Theory]
    [InlineData("1", "spec.minReplicas: Invalid value: 0: must be greater than or equal to 1\nspec.metrics: Forbidden: "
        + "must specify at least one Object or External metric to support scaling to zero replicas")]
    [InlineData("0", "spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling "
        + "to zero replicas")]
    public void No_pods_at_all_are_what_was_already_wanted(string before, string expected) => Manifests.AssertErrors(
        expected, Validator.ValidateUpdate(
            Manifests.Of(Kind, $"{{'spec':{{'minReplicas':{before}}}}}"),
            Manifests.Of(Kind, "{'spec':{'minReplicas':0}}")));

    private static string Target(string version, string kind) =>
        $"{{'spec':{{'scaleTargetRef':{{'apiVersion':'{version}','kind':'{kind}'}}}}}}";
}
