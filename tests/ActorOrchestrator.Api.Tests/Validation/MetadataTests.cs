using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Tests.Validation;

public sealed class MetadataTests
{
    private const string SubdomainRule =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must "
        + "start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
        + @"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    [Theory]
    [InlineData("{'name':null}", "metadata.name: Required value: name or generateName is required")]
    [InlineData("{'name':null,'generateName':'x-'}", "")]
    [InlineData("{'name':'A'}", "metadata.name: Invalid value: \"A\": " + SubdomainRule)]
    [InlineData("{'name':null,'generateName':'Ab-'}",
        "metadata.generateName: Invalid value: \"Ab-\": " + SubdomainRule)]
    [InlineData("{'namespace':null}", "metadata.namespace: Required value")]
    [InlineData("{'namespace':'a.b'}", "metadata.namespace: Invalid value: \"a.b\": must not contain dots")]
    [InlineData("{'generation':-1}", "metadata.generation: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("{'labels':{'a/':'x'}}",
        "metadata.labels: Invalid value: \"a/\": name part must be non-empty\nmetadata.labels: Invalid value: \"a/\": "
        + "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
        + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')")]
    [InlineData("{'labels':{'a':'!'}}",
        "metadata.labels: Invalid value: \"!\": a valid label must be an empty string or consist of alphanumeric "
        + "characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or "
        + "'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')")]
    [InlineData("{'annotations':{'Example.com/a':'any value!'}}", "")]
    [InlineData("{'finalizers':['example.com/x']}", "")]
    [InlineData("{'finalizers':['orphan','foregroundDeletion']}",
        "metadata.finalizers: Invalid value: [\"orphan\",\"foregroundDeletion\"]: finalizer orphan and "
        + "foregroundDeletion cannot be both set")]
    [InlineData("{'ownerReferences':[{}]}",
        "metadata.ownerReferences[0].apiVersion: Required value: must not be empty\n"
        + "metadata.ownerReferences[0].kind: Required value: must not be empty\n"
        + "metadata.ownerReferences[0].name: Required value: must not be empty\n"
        + "metadata.ownerReferences[0].uid: Required value: must not be empty")]
    [InlineData("{'managedFields':[{'operation':'Apply','manager':'\ud83d\ude00 b'}]}", "")]
    [InlineData("{'managedFields':[{'operation':'Apply','manager':'a\u200b'}]}",
        "metadata.managedFields[0].manager: Invalid value: \"a\u200b\": should only contain printable characters")]
    [InlineData("{'managedFields':[{'manager':'m'}]}",
        "metadata.managedFields[0].operation: Required value: must not be empty")]
    public void Metadata_is_checked(string metadata, string expected) =>
        Manifests.AssertErrors(expected, Validator.Validate(Manifests.Of("ConfigMap", $"{{'metadata':{metadata}}}")));

    [Fact]
    public void Only_one_owner_may_be_the_controller()
    {
        const string Owner = "{'apiVersion':'v1','kind':'K','name':'NAME','uid':'u','controller':true}";
        var owners = $"[{Owner.Replace("NAME", "a")},{Owner.Replace("NAME", "b")}]";
        var map = Manifests.Of("ConfigMap", $"{{'metadata':{{'ownerReferences':{owners}}}}}");

        var error = Assert.Single(Validator.Validate(map));
        Assert.Equal("metadata.ownerReferences", error.Field);
        Assert.Equal("Only one reference can have Controller set to true. Found \"true\" in references for K/a and K/b",
            error.Detail);
    }

    [Fact]
    public void Annotations_are_limited_to_256_kibibytes()
    {
        var fits = new string('a', 256 * 1024 - 1);
        Manifests.AssertErrors("", Validator.Validate(WithAnnotation(fits)));
        Manifests.AssertErrors("metadata.annotations: Too long: may not be more than 262144 bytes",
            Validator.Validate(WithAnnotation(fits + "a")));
    }

    [Fact]
    public void A_kind_outside_of_namespaces_may_not_name_one() => Manifests.AssertErrors(
        "metadata.namespace: Forbidden: not allowed on this type",
        Validator.Validate(Manifests.Of("Node", "{'metadata':{'namespace':'x'}}")));

    [Theory]
    [InlineData("{'uid':'other'}", "metadata.uid: Invalid value: \"other\": field is immutable")]
    [InlineData("{'uid':null}", "")]
    [InlineData("{'name':'y'}", "metadata.name: Invalid value: \"y\": field is immutable")]
    [InlineData("{'namespace':'other'}", "metadata.namespace: Invalid value: \"other\": field is immutable")]
    [InlineData("{'creationTimestamp':'2026-01-02T00:00:00Z'}",
        "metadata.creationTimestamp: Invalid value: \"2026-01-02T00:00:00Z\": field is immutable")]
    [InlineData("{'creationTimestamp':null}", "")]
    [InlineData("{'generation':3}", "metadata.generation: Invalid value: 3: must not be decremented")]
    [InlineData("{'labels':{'a':'b'},'annotations':{'c':'d'},'finalizers':['e.f/g']}", "")]
    public void What_identifies_an_object_may_not_change(string metadata, string expected)
    {
        const string Old = "{'metadata':{'uid':'u','generation':4,'creationTimestamp':'2026-01-01T00:00:00Z'}}";
        var old = Manifests.Of("ConfigMap", Old);
        var merged = Manifests.Of("ConfigMap", Merge(Old, $"{{'metadata':{metadata}}}"));

        Manifests.AssertErrors(expected, Validator.ValidateUpdate(old, merged));
    }

    [Fact]
    public void A_dying_object_gets_no_new_finalizers()
    {
        const string Dying = "'deletionTimestamp':'2026-01-01T00:00:00Z'";
        var old = Manifests.Of("ConfigMap", $"{{'metadata':{{{Dying},'finalizers':['a.b/c','a.b/d']}}}}");
        var less = Manifests.Of("ConfigMap", $"{{'metadata':{{{Dying},'finalizers':['a.b/d']}}}}");
        var more = Manifests.Of("ConfigMap", $"{{'metadata':{{{Dying},'finalizers':['a.b/c','a.b/d','a.b/e']}}}}");

        Manifests.AssertErrors("", Validator.ValidateUpdate(old, less));
        Manifests.AssertErrors("metadata.finalizers: Forbidden: no new finalizers can be added if the object is being "
            + "deleted, found new finalizers []string{\"a.b/e\"}", Validator.ValidateUpdate(old, more));
    }

    private static ConfigMap WithAnnotation(string value) =>
        (ConfigMap)Manifests.Of("ConfigMap", $"{{'metadata':{{'annotations':{{'k':'{value}'}}}}}}");

    private static string Merge(string target, string patch) =>
        ((Api.Patching.PatchResult.Patched)Api.Patching.MergePatch.Apply(
            Patching.JsonText.Object(target), Patching.JsonText.Parse(patch)!)).Node.ToJsonString();
}
