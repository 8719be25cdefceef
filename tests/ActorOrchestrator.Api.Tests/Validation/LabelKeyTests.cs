using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Tests.Validation;

/// <summary>Rules that Kubernetes has of single fields and that are easily left out.</summary>
public sealed class LabelKeyTests
{
    private const string NoSelector = "Forbidden: must not be specified when labelSelector is not set";

    [Theory]
    [InlineData("'matchLabelKeys':['a']", "matchLabelKeys: " + NoSelector)]
    [InlineData("'matchLabelKeys':['a'],'labelSelector':{}", "")]
    [InlineData("'matchLabelKeys':['b','a'],'labelSelector':{'matchLabels':{'a':'x'}}",
        "matchLabelKeys[1]: Invalid value: \"a\": exists in both matchLabelKeys and labelSelector")]
    [InlineData("'matchLabelKeys':['a'],'labelSelector':{'matchExpressions':[{'key':'a','operator':'Exists'}]}",
        "matchLabelKeys[0]: Invalid value: \"a\": exists in both matchLabelKeys and labelSelector")]
    public void Spread_constraints_narrow_a_selector_by_keys(string fields, string expected)
    {
        var constraint = "{'maxSkew':1,'topologyKey':'z','whenUnsatisfiable':'DoNotSchedule'," + fields + "}";
        AssertErrors($"'topologySpreadConstraints':[{constraint}]", "topologySpreadConstraints[0]", expected);
    }

    [Theory]
    [InlineData("'matchLabelKeys':['a']", "matchLabelKeys: " + NoSelector)]
    [InlineData("'mismatchLabelKeys':['a']", "mismatchLabelKeys: " + NoSelector)]
    [InlineData("'matchLabelKeys':['a'],'mismatchLabelKeys':['b'],'labelSelector':{}", "")]
    [InlineData("'matchLabelKeys':['a'],'mismatchLabelKeys':['a'],'labelSelector':{}",
        "matchLabelKeys[0]: Invalid value: \"a\": exists in both matchLabelKeys and mismatchLabelKeys")]
    public void Pod_affinity_narrows_a_selector_by_keys(string fields, string expected)
    {
        const string Required = "requiredDuringSchedulingIgnoredDuringExecution";
        foreach (var kind in new[] { "podAffinity", "podAntiAffinity" })
        {
            AssertErrors(
                $"'affinity':{{'{kind}':{{'{Required}':[{{'topologyKey':'z',{fields}}}]}}}}",
                $"affinity.{kind}.{Required}[0]", expected);
        }
    }

    [Theory]
    [InlineData("'example.com/hold','orphan'", "")]
    [InlineData("'foregroundDeletion','kubernetes'", "")]
    [InlineData("'a.b/c','nodomain'", "metadata.finalizers[1]: Invalid value: \"nodomain\": name is neither a standard "
        + "finalizer name nor is it fully qualified")]
    public void Finalizers_name_a_domain(string finalizers, string expected)
    {
        var held = Manifests.Of("ConfigMap", $"{{'metadata':{{'finalizers':[{finalizers}]}}}}");
        Manifests.AssertErrors(expected, Validator.Validate(held));
        Manifests.AssertErrors(expected, Validator.ValidateUpdate(Manifests.Of("ConfigMap", "{}"), held));
        Manifests.AssertErrors("", Validator.ValidateUpdate(held, held));
    }

    [Theory]
    [InlineData("'enforce':'restricted'", "")]
    [InlineData("'warn-version':'v1.35'", "")]
    [InlineData("'enforce':'severe'", "metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: \"severe\": "
        + "must be one of privileged, baseline, restricted")]
    [InlineData("'audit-version':'1.35'", "metadata.labels[pod-security.kubernetes.io/audit-version]: Invalid value: "
        + "\"1.35\": must be \"latest\" or \"v1.x\"")]
    public void Pod_security_labels_of_a_namespace_are_known(string label, string expected)
    {
        var (key, value) = (label.Split(':')[0].Trim('\''), label.Split(':')[1].Trim('\''));
        var ns = Manifests.Of(
            "Namespace", $"{{'metadata':{{'labels':{{'pod-security.kubernetes.io/{key}':'{value}'}}}}}}");
        Manifests.AssertErrors(expected, Validator.Validate(ns));
    }

    private static void AssertErrors(string spec, string path, string expected) => Manifests.AssertErrors(
        expected.Length == 0 ? "" : $"spec.{path}.{expected}",
        Validator.Validate(Manifests.Of("Pod", $"{{'spec':{{{spec}}}}}")));
}
