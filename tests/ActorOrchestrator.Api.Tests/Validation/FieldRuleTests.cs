using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Tests.Validation;

/// <summary>The rarer fields of kinds without pods.</summary>
public sealed class FieldRuleTests
{
    private const string OnlyRequests = "spec: Forbidden: spec is immutable after creation except resources.requests "
        + "and volumeAttributesClassName for bound claims";

    [Theory]
    [InlineData("Ingress", "{'metadata':{'annotations':{'kubernetes.io/ingress.class':'a'}},"
        + "'spec':{'ingressClassName':'b'}}", "annotations.kubernetes.io/ingress.class: Invalid value: \"a\": must "
        + "match `ingressClassName` when both are specified")]
    [InlineData("Ingress", "{'spec':{'tls':[{'secretName':'A'}]}}",
        "spec.tls[0].secretName: Invalid value: \"A\": SUBDOMAIN")]
    [InlineData("Ingress", "{'spec':{'rules':null,'defaultBackend':{}}}",
        "spec.defaultBackend: Invalid value: \"\": resource or service backend is required")]
    [InlineData("Ingress", "{'spec':{'rules':null,'defaultBackend':{'resource':{'kind':'a/b'}}}}",
        "spec.defaultBackend.resource.kind: Invalid value: \"a/b\": may not contain '/'\n"
        + "spec.defaultBackend.resource.name: Required value")]
    [InlineData("IngressClass", "{'spec':{'parameters':{'kind':'k','name':'n','scope':'Namespace'}}}",
        "spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'")]
    [InlineData("IngressClass", "{'spec':{'parameters':{'kind':'k','name':'n','scope':'World'}}}",
        "spec.parameters.scope: Unsupported value: \"World\": supported values: \"Cluster\", \"Namespace\"")]
    [InlineData("PersistentVolumeClaim", "{'spec':{'dataSource':{'kind':'ConfigMap','name':'m'}}}", "spec.dataSource: "
        + "Invalid value: \"ConfigMap\": must be 'PersistentVolumeClaim' when referencing the default apiGroup")]
    [InlineData("PersistentVolumeClaim", "{'spec':{'dataSource':{'kind':'PersistentVolumeClaim','name':'a'},"
        + "'dataSourceRef':{'kind':'PersistentVolumeClaim','name':'b'}}}",
        "spec: Invalid value: \"spec.dataSource\": must match dataSourceRef")]
    [InlineData("PersistentVolumeClaim", "{'spec':{'accessModes':['ReadWriteOncePod','ReadWriteOnce']}}",
        "spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes")]
    [InlineData("PersistentVolumeClaim", "{'spec':{'storageClassName':'A','resources':{'requests':{'storage':'0'}}}}",
        "spec.resources[storage]: Invalid value: \"0\": must be greater than zero\n"
        + "spec.storageClassName: Invalid value: \"A\": SUBDOMAIN")]
    [InlineData("Node", "{'spec':{'podCIDRs':['10.0.0.0/8','10.1.0.0/16']}}", "spec.podCIDRs: Invalid value: "
        + "[\"10.0.0.0/8\",\"10.1.0.0/16\"]: may specify no more than one CIDR for each IP family")]
    [InlineData("Node", "{'status':{'addresses':[{'type':'a','address':'b'},{'type':'a','address':'b'}]}}",
        "status.addresses[1]: Duplicate value: {\"type\":\"a\",\"address\":\"b\"}")]
    [InlineData("Node", "{'spec':{'taints':[{'key':'a','value':'b c','effect':'Never'}]}}", "metadata.taints[0].value: "
        + "Invalid value: \"b c\": LABEL\nmetadata.taints[0].effect: Unsupported value: \"Never\": supported values: "
        + "\"NoSchedule\", \"PreferNoSchedule\", \"NoExecute\"")]
    [InlineData("Secret", "{'type':'kubernetes.io/dockerconfigjson','data':{'.dockerconfigjson':'eA=='}}",
        "data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\": invalid JSON")]
    [InlineData("Secret", "{'type':'kubernetes.io/ssh-auth','data':{'ssh-privatekey':''}}",
        "data[ssh-privatekey]: Required value")]
    [InlineData("Secret", "{'type':'kubernetes.io/service-account-token'}",
        "metadata.annotations[kubernetes.io/service-account.name]: Required value")]
    [InlineData("Secret", "{'type':'kubernetes.io/basic-auth'}",
        "data[username]: Required value\ndata[password]: Required value")]
    public void A_kind_is_checked(string kind, string patch, string expected) => Manifests.AssertErrors(
        expected.Replace("SUBDOMAIN", NameRules.Subdomain("A")[0]).Replace("LABEL", NameRules.LabelValue("b c")[0]),
        Validator.Validate(Manifests.Of(kind, patch)));

    [Theory]
    [InlineData("IngressClass", "{}", "{'spec':{'controller':'example.com/b'}}",
        "spec.controller: Invalid value: \"example.com/b\": field is immutable")]
    [InlineData("PersistentVolumeClaim", "{'spec':{'storageClassName':'a'}}", "{'spec':{'storageClassName':'b'}}",
        OnlyRequests)]
    [InlineData("PersistentVolumeClaim", "{'spec':{'storageClassName':null}}", "{'spec':{'storageClassName':'b'}}", "")]
    [InlineData("PersistentVolumeClaim", "{}", "{'spec':{'resources':{'requests':{'storage':'9Gi'}}}}", OnlyRequests)]
    [InlineData("PersistentVolumeClaim",
        "{'metadata':{'annotations':{'volume.beta.kubernetes.io/storage-class':'a'}}}", "{}",
        "metadata.annotations.volume.beta.kubernetes.io/storage-class: Invalid value: \"\": field is immutable")]
    [InlineData("PersistentVolumeClaim", "{'spec':{'volumeAttributesClassName':'a'},'status':{'phase':'Bound'}}",
        "{'spec':{'volumeAttributesClassName':'b'}}", "")]
    [InlineData("Node", "{'spec':{'providerID':'a'}}", "{'spec':{'providerID':'b'}}",
        "spec.providerID: Forbidden: node updates may not change providerID except from \"\" to valid")]
    [InlineData("Node", "{}", "{'spec':{'externalID':'b'}}", "spec.externalID: Forbidden: may not be updated")]
    [InlineData("Secret", "{'immutable':true}", "{'immutable':false}",
        "immutable: Forbidden: field is immutable when `immutable` is set")]
    public void What_is_fixed_may_not_change(string kind, string old, string @new, string expected) =>
        Manifests.AssertErrors(
            expected, Validator.ValidateUpdate(Manifests.Of(kind, old), Manifests.Of(kind, @new)));

    [Theory]
    [InlineData(1024 * 1024, "")]
    [InlineData(1024 * 1024 + 1, "data: Too long: may not be more than 1048576 bytes")]
    public void Data_is_limited_to_a_mebibyte(int bytes, string expected) => Manifests.AssertErrors(expected,
        Validator.Validate(Manifests.Of(
            "ConfigMap", $"{{'data':{{'k':'{new string('a', bytes)}'}},'binaryData':null}}")));

    [Fact]
    public void A_secrets_type_is_kept()
    {
        var old = Manifests.Of("Secret", "{'type':'example.com/t'}");
        var update = Defaults.ApplyUpdate(old, Manifests.Of("Secret", "{'type':null}"));
        Assert.Equal("example.com/t", Assert.IsType<Secret>(update).Type);
    }
}
