using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Tests.Validation;

public sealed class WarningsTests
{
    private const string Hides = ": hides previous definition of \"A\", which may be dropped when using apply";

    [Theory]
    [InlineData("{'env':[{'name':'A','value':'1'},{'name':'B'},{'name':'A','value':'1'}]}", "C.env[2]" + Hides)]
    [InlineData("{'env':[{'name':'A','value':'1'},{'name':'A','value':'$(A):2'}]}", "")]
    [InlineData("{'env':[{'name':'A','value':'1'},{'name':'A','value':'$(A)'}]}", "C.env[1]" + Hides)]
    [InlineData("{'env':[{'name':'A'},{'name':'A','valueFrom':{'fieldRef':{'fieldPath':'metadata.name'}}}]}",
        "C.env[1]" + Hides)]
    [InlineData("{'ports':[{'containerPort':80,'name':'a'},{'containerPort':80,'name':'b'}]}",
        "C.ports[1]: duplicate port definition with C.ports[0]")]
    [InlineData("{'ports':[{'containerPort':80},{'containerPort':80,'protocol':'UDP'}]}", "")]
    [InlineData("{'resources':{'requests':{'memory':'1.2Gi','cpu':'1m'}}}",
        "C.resources.requests[memory]: fractional byte value \"1288490188800m\" is invalid, must be an integer")]
    [InlineData("{'resources':{'limits':{'ephemeral-storage':'1500m'}}}",
        "C.resources.limits[ephemeral-storage]: fractional byte value \"1500m\" is invalid, must be an integer")]
    public void A_container_is_warned_about(string container, string expected) => Assert.Equal(
        expected.Replace("C.", "spec.containers[0]."),
        string.Join('\n', Warnings.Of(Manifests.PodWithContainer(container))));

    /// <summary>In the order of docs/pods.md.</summary>
    [Theory]
    [InlineData("{'automountServiceAccountToken':true}", "automountServiceAccountToken")]
    [InlineData("{'automountServiceAccountToken':false}", "")]
    [InlineData("{'hostUsers':false}", "hostUsers")]
    [InlineData("{'hostUsers':true}", "")]
    [InlineData("{'os':{'name':'windows'}}", "os")]
    [InlineData("{'os':{'name':'linux'}}", "")]
    [InlineData("{'resourceClaims':[{'name':'c','resourceClaimName':'c'}]}", "resourceClaims")]
    [InlineData("{'resources':{'limits':{'cpu':'1'}}}", "resources.limits")]
    [InlineData("{'resources':{'requests':{'cpu':'1'}}}", "")]
    [InlineData("{'runtimeClassName':'kata'}", "runtimeClassName")]
    [InlineData("{'workloadRef':{'name':'w','podGroup':'g'}}", "workloadRef")]
    [InlineData("{'securityContext':{'appArmorProfile':{'type':'RuntimeDefault'}}}", "securityContext.appArmorProfile")]
    [InlineData("{'securityContext':{'appArmorProfile':{'type':'Unconfined'}}}", "")]
    [InlineData("{'securityContext':{'seLinuxOptions':{'level':'s0'}}}", "securityContext.seLinuxOptions")]
    [InlineData("{'securityContext':{'seLinuxChangePolicy':'Recursive'}}", "securityContext.seLinuxChangePolicy")]
    [InlineData("{'securityContext':{'seccompProfile':{'type':'Localhost','localhostProfile':'p'}}}",
        "securityContext.seccompProfile")]
    [InlineData("{'securityContext':{'supplementalGroupsPolicy':'Strict'}}",
        "securityContext.supplementalGroupsPolicy")]
    [InlineData("{'securityContext':{'supplementalGroupsPolicy':'Merge'}}", "")]
    [InlineData("{'securityContext':{'windowsOptions':{'runAsUserName':'u'}}}", "securityContext.windowsOptions")]
    [InlineData("{'volumes':[{'name':'v','nfs':{'server':'s','path':'/p'}}]}", "volumes[0].nfs")]
    [InlineData("{'volumes':[{'name':'v','persistentVolumeClaim':{'claimName':'c'}}]}",
        "volumes[0].persistentVolumeClaim")]
    [InlineData("{'volumes':[{'name':'v','image':{'reference':'r'}}]}", "volumes[0].image")]
    [InlineData("{'volumes':[{'name':'v','emptyDir':{'medium':'HugePages-2Mi'}}]}", "volumes[0].emptyDir.medium")]
    [InlineData("{'volumes':[{'name':'v','emptyDir':{'medium':'Memory','sizeLimit':'1Mi'}}]}", "")]
    [InlineData("{'volumes':[{'name':'v','projected':{'sources':[{'serviceAccountToken':{'path':'t'}}]}}]}",
        "volumes[0].projected.sources[0].serviceAccountToken")]
    [InlineData("{'volumes':[{'name':'v','projected':{'sources':[{'configMap':{'name':'c'}}]}}]}", "")]
    [InlineData("{'volumes':[{'name':'v','projected':{'sources':[{'clusterTrustBundle':{'name':'c','path':'p'}}]}}]}",
        "volumes[0].projected.sources[0].clusterTrustBundle")]
    [InlineData("{'volumes':[{'name':'v','projected':{'sources':[{'podCertificate':{'signerName':'s'}}]}}]}",
        "volumes[0].projected.sources[0].podCertificate")]
    public void What_of_a_pod_is_not_honoured_is_said(string spec, string expected) =>
        Assert.Equal(expected, Ignored(Manifests.Of("Pod", $"{{'spec':{spec}}}"), "spec."));

    [Theory]
    [InlineData("{'env':[{'name':'A','valueFrom':{'fileKeyRef':{'volumeName':'v','path':'p','key':'k'}}}]}",
        "env[0].valueFrom.fileKeyRef")]
    [InlineData("{'lifecycle':{'stopSignal':'SIGINT'}}", "lifecycle.stopSignal")]
    [InlineData("{'resources':{'claims':[{'name':'c'}]}}", "resources.claims")]
    [InlineData("{'restartPolicyRules':[{'action':'Restart'}]}", "restartPolicyRules")]
    [InlineData("{'volumeDevices':[{'name':'v','devicePath':'/d'}]}", "volumeDevices")]
    [InlineData("{'volumeMounts':[{'name':'v','mountPath':'/m','readOnly':true,'recursiveReadOnly':'Enabled'}]}",
        "volumeMounts[0].recursiveReadOnly")]
    [InlineData("{'volumeMounts':[{'name':'v','mountPath':'/m','recursiveReadOnly':'Disabled'}]}", "")]
    [InlineData("{'securityContext':{'appArmorProfile':{'type':'RuntimeDefault'}}}", "securityContext.appArmorProfile")]
    [InlineData("{'securityContext':{'procMount':'Unmasked'}}", "securityContext.procMount")]
    [InlineData("{'securityContext':{'seLinuxOptions':{'level':'s0'}}}", "securityContext.seLinuxOptions")]
    [InlineData("{'securityContext':{'seccompProfile':{'type':'Localhost','localhostProfile':'p'}}}",
        "securityContext.seccompProfile")]
    [InlineData("{'securityContext':{'seccompProfile':{'type':'RuntimeDefault'}}}", "")]
    [InlineData("{'securityContext':{'windowsOptions':{'runAsUserName':'u'}}}", "securityContext.windowsOptions")]
    public void What_of_a_container_is_not_honoured_is_said(string container, string expected) =>
        Assert.Equal(expected, Ignored(Manifests.PodWithContainer(container), "spec.containers[0]."));

    /// <summary>The fields that are told of, without the part of their paths that all have.</summary>
    private static string Ignored(KubeObject pod, string path)
    {
        Assert.Equal(Warnings.Of(pod), IgnoredFields.Of(((Core.Pod)pod).Spec));
        var fields = Warnings.Of(pod).Select(line => line.Split(": is not honoured: ") is [var field, { Length: > 10 }]
            ? field
            : throw new InvalidOperationException(line));
        return string.Join(',', fields).Replace(path, "");
    }

    [Theory]
    [InlineData("Pod", "{'spec':{SPEC}}", "spec")]
    [InlineData("Deployment", "{'spec':{'template':{'spec':{SPEC}}}}", "spec.template.spec")]
    [InlineData("ReplicaSet", "{'spec':{'template':{'spec':{SPEC}}}}", "spec.template.spec")]
    [InlineData("ReplicationController", "{'spec':{'template':{'spec':{SPEC}}}}", "spec.template.spec")]
    [InlineData("StatefulSet", "{'spec':{'template':{'spec':{SPEC}}}}", "spec.template.spec")]
    [InlineData("DaemonSet", "{'spec':{'template':{'spec':{SPEC}}}}", "spec.template.spec")]
    [InlineData("Job", "{'spec':{'template':{'spec':{SPEC}}}}", "spec.template.spec")]
    [InlineData("CronJob", "{'spec':{'jobTemplate':{'spec':{'template':{'spec':{SPEC}}}}}}",
        "spec.jobTemplate.spec.template.spec")]
    public void Every_kind_that_has_a_pods_spec_is_warned_about(string kind, string patch, string path)
    {
        var value = Manifests.Of(kind, patch.Replace("SPEC", "'terminationGracePeriodSeconds':-1"));
        Assert.Equal(
            [$"{path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as "
                + "1"],
            Warnings.Of(value));
        Assert.Empty(Warnings.OfUpdate(value, value));
        Assert.Equal(kind == "Pod" ? 0 : 1, Warnings.OfUpdate(Manifests.Of(kind), value).Count);
    }
}
