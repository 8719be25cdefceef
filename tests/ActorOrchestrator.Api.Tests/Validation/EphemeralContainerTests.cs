using System.Text;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Tests.Validation;

/// <summary>What may be added to a running pod for debugging, in Kubernetes' words.</summary>
public sealed class EphemeralContainerTests
{
    private const string At = "spec.ephemeralContainers[0]";
    private const string NotAllowed = "Forbidden: cannot be set for an Ephemeral Container";

    /// <summary>Added to a pod with the containers <c>c</c> and <c>init</c>, the volume <c>v</c>, and the ephemeral
    /// container <c>old</c>.</summary>
    [Theory]
    [InlineData("{'name':'e','image':'i','targetContainerName':'c'}", "")]
    [InlineData("{'name':'e','image':'i','stdin':true,'tty':true,'env':[{'name':'A','value':'b'}],"
        + "'volumeMounts':[{'name':'v','mountPath':'/v'}],"
        + "'securityContext':{'capabilities':{'add':['SYS_PTRACE']}}}", "")]
    [InlineData("{'name':'','image':''}", At + ".name: Required value\n" + At + ".image: Required value")]
    [InlineData("{'name':'c','image':'i'}", At + ".name: Duplicate value: \"c\"")]
    [InlineData("{'name':'init','image':'i'}", At + ".name: Duplicate value: \"init\"")]
    [InlineData("{'name':'e','image':'i','targetContainerName':'old'}",
        At + ".targetContainerName: Not found: \"old\"")]
    [InlineData("{'name':'e','image':'i','targetContainerName':'x'}", At + ".targetContainerName: Not found: \"x\"")]
    [InlineData("{'name':'e','image':'i','ports':[{'containerPort':80}],'resources':{'limits':{'cpu':'1'}},"
        + "'restartPolicy':'Always','livenessProbe':{'tcpSocket':{'port':80}},'lifecycle':{'preStop':{'sleep':"
        + "{'seconds':1}}}}",
        At + ".ports: " + NotAllowed + "\n" + At + ".resources: " + NotAllowed + "\n" + At + ".restartPolicy: "
        + NotAllowed + "\n" + At + ".livenessProbe: " + NotAllowed + "\n" + At + ".lifecycle: " + NotAllowed)]
    [InlineData("{'name':'e','image':'i','readinessProbe':{'tcpSocket':{'port':80}},'startupProbe':{'tcpSocket':"
        + "{'port':80}},'resizePolicy':[{'resourceName':'cpu','restartPolicy':'NotRequired'}]}",
        At + ".resizePolicy: " + NotAllowed + "\n" + At + ".readinessProbe: " + NotAllowed + "\n" + At
        + ".startupProbe: " + NotAllowed)]
    [InlineData("{'name':'e','image':'i','volumeMounts':[{'name':'v','mountPath':'/v','subPath':'s'},"
        + "{'name':'v','mountPath':'/w','subPathExpr':'s'},{'name':'w','mountPath':'/x'}]}",
        At + ".volumeMounts[2].name: Not found: \"w\"\n" + At + ".volumeMounts[0].subPath: " + NotAllowed + "\n" + At
        + ".volumeMounts[1].subPathExpr: " + NotAllowed)]
    public void One_is_added(string added, string expected) =>
        Manifests.AssertErrors(expected, Changed($"{added},{{'name':'old','image':'i'}}"));

    [Theory]
    [InlineData("", "spec.ephemeralContainers: Forbidden: existing ephemeral containers \"old\" may not be removed\n")]
    [InlineData("{'name':'old','image':'j'}",
        "spec.ephemeralContainers: Forbidden: existing ephemeral containers \"old\" may not be changed\nspec.image")]
    [InlineData("{'name':'old','image':'i'},{'name':'old','image':'i'}",
        "spec.ephemeralContainers[1].name: Duplicate value: \"old\"")]
    [InlineData("{'name':'old','image':'i'}", "")]
    public void Those_that_are_there_stay_as_they_are(string list, string expected) =>
        Manifests.AssertErrors(expected, Changed(list));

    [Fact]
    public void A_static_pod_gets_none()
    {
        var old = Of("{'name':'old','image':'i'}", ",'annotations':{'kubernetes.io/config.mirror':'h'}");
        Manifests.AssertErrors(
            "spec: Forbidden: static pods do not support ephemeral containers", Validator.ValidateDebugging(old, old));
    }

    /// <summary>All but the ephemeral containers stays as it was, whatever was sent.</summary>
    [Fact]
    public void Nothing_else_is_written()
    {
        var sent = Of("{'name':'e','image':'i'}", ",'labels':{'l':'1'}");
        sent = sent with { Spec = sent.Spec with { Containers = [], NodeName = "n" }, Status = PodStatus.Empty };
        var old = Of("", "") with { Status = new PodStatus { Phase = "Running" } };
        var debugged = PodDebugging.Of(old, sent);
        Assert.Equal(("e", "c", null, 0, "Running"), (
            debugged.Spec.EphemeralContainers[0].Name, debugged.Spec.Containers[0].Name, debugged.Spec.NodeName,
            debugged.Metadata.Labels.Count, debugged.Status.Phase));
    }

    /// <summary>A field that is added to the one record and forgotten in the other would be lost on its way to the
    /// runtime.</summary>
    [Fact]
    public void It_has_every_field_of_a_container()
    {
        var fields = typeof(Container).GetProperties().Select(field => field.Name).Order(StringComparer.Ordinal);
        Assert.Equal(
            [.. fields, nameof(EphemeralContainer.TargetContainerName)],
            typeof(EphemeralContainer).GetProperties().Select(field => field.Name).Order(StringComparer.Ordinal)
                .OrderBy(name => name == nameof(EphemeralContainer.TargetContainerName)));

        const string All = "{'name':'e','image':'i','command':['a'],'args':['b'],'workingDir':'/w',"
            + "'ports':[{'containerPort':1}],'envFrom':[{'prefix':'p'}],'env':[{'name':'A'}],"
            + "'resources':{'requests':{'cpu':'1'}},"
            + "'resizePolicy':[{'resourceName':'cpu','restartPolicy':'NotRequired'}],"
            + "'restartPolicy':'Always','restartPolicyRules':[{'action':'Restart'}],"
            + "'volumeMounts':[{'name':'v','mountPath':'/v'}],'volumeDevices':[{'name':'v','devicePath':'/d'}],"
            + "'livenessProbe':{'periodSeconds':1},'readinessProbe':{'periodSeconds':2},"
            + "'startupProbe':{'periodSeconds':3},'lifecycle':{'stopSignal':'SIGINT'},"
            + "'terminationMessagePath':'/t','terminationMessagePolicy':'FallbackToLogsOnError',"
            + "'imagePullPolicy':'Never','securityContext':{'privileged':true},'stdin':true,'stdinOnce':true,"
            + "'tty':true}";
        var ephemeral = Of(All, "").Spec.EphemeralContainers[0];
        var asContainer = Of("", "", All).Spec.Containers[0];
        Assert.Equal(asContainer, ephemeral.AsContainer());
        var unset = new Container { Name = "" };
        Assert.DoesNotContain(
            typeof(Container).GetProperties(), field => Equals(field.GetValue(asContainer), field.GetValue(unset)));
    }

    private static FieldErrors Changed(string list)
    {
        var old = Of("{'name':'old','image':'i'}", "");
        return Validator.ValidateDebugging(old, PodDebugging.Of(old, Of(list, "")));
    }

    private static Pod Of(string list, string metadata, string container = "{'name':'c','image':'i'}") =>
        (Pod)Defaults.Apply(KubeJson.ReadObject(Encoding.UTF8.GetBytes(
            ($"{{'apiVersion':'v1','kind':'Pod','metadata':{{'name':'p'{metadata}}},'spec':{{"
                + $"'containers':[{container}],"
                + "'initContainers':[{'name':'init','image':'i'}],'volumes':[{'name':'v','emptyDir':{}}],"
                + $"'ephemeralContainers':[{list}]}}}}").Replace('\'', '"'))));
}
