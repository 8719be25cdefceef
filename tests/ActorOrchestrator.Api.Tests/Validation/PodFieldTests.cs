using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Tests.Validation;

/// <summary>The rarer fields of a pod's spec.</summary>
public sealed class PodFieldTests
{
    private const string OneClaim = "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`";

    [Theory]
    [InlineData("{'resourceClaims':[{'name':'a'},{'name':'a','resourceClaimName':'x'}]}",
        "resourceClaims[0]: Invalid value: {\"name\":\"a\"}: " + OneClaim
        + "\nspec.resourceClaims[1].name: Duplicate value: \"a\"")]
    [InlineData("{'resourceClaims':[{'name':'a','resourceClaimName':'x','resourceClaimTemplateName':'y'}]}",
        "resourceClaims[0]: Invalid value: {\"name\":\"a\",\"resourceClaimName\":\"x\","
        + "\"resourceClaimTemplateName\":\"y\"}: at most one of `resourceClaimName` or `resourceClaimTemplateName` may "
        + "be specified")]
    [InlineData("{'hostnameOverride':'a','setHostnameAsFQDN':true,'hostNetwork':true}",
        "hostnameOverride: Invalid value: \"a\": may not be specified when `hostNetwork` is true\n"
        + "spec.hostnameOverride: Invalid value: \"a\": may not be specified when `setHostnameAsFQDN` is true")]
    [InlineData("{'os':{'name':''}}", "os.name: Required value: cannot be empty")]
    [InlineData("{'os':{'name':'plan9'}}",
        "os: Unsupported value: \"plan9\": supported values: \"linux\", \"windows\"")]
    [InlineData("{'preemptionPolicy':'Always'}",
        "preemptionPolicy: Unsupported value: \"Always\": supported values: \"PreemptLowerPriority\", \"Never\"")]
    [InlineData("{'hostAliases':[{'ip':'x'}]}",
        "hostAliases[0].ip: Invalid value: \"x\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")]
    [InlineData("{'hostUsers':false,'hostNetwork':true}", "hostNetwork: Forbidden: when `hostUsers` is false")]
    [InlineData("{'hostUsers':false,'hostPID':true,'hostIPC':true}",
        "hostPID: Forbidden: when `hostUsers` is false\nspec.hostIPC: Forbidden: when `hostUsers` is false")]
    [InlineData("{'resources':{'requests':{'cpu':'1','ephemeral-storage':'1'}}}",
        "resources.requests[ephemeral-storage]: Unsupported value: \"ephemeral-storage\": supported values: \"cpu\", "
        + "\"hugepages-\", \"memory\"")]
    [InlineData("{'resources':{'claims':[{'name':'c'}]}}",
        "resources.claims: Forbidden: claims cannot be set for Resources at pod-level")]
    [InlineData("{'resources':{'requests':{'cpu':'1'}},'containers':[{'name':'c','image':'i','imagePullPolicy':"
        + "'Always','terminationMessagePolicy':'File','resources':{'requests':{'cpu':'2'}}}]}",
        "resources.requests[cpu]: Invalid value: \"1\": must be greater than or equal to aggregate container requests "
        + "of 2")]
    [InlineData("{'resources':{'limits':{'cpu':'1','memory':'1Gi','hugepages-2Mi':'2Mi'}},'containers':[{'name':'c',"
        + "'image':'i','imagePullPolicy':'Always','terminationMessagePolicy':'File','resources':{'limits':{'cpu':'1',"
        + "'hugepages-2Mi':'2Mi'}}},{'name':'d','image':'i','imagePullPolicy':'Always','terminationMessagePolicy':"
        + "'File','resources':{'limits':{'cpu':'1','hugepages-2Mi':'2Mi'}}}]}",
        "resources.limits[hugepages-2Mi]: Invalid value: \"2Mi\": must be greater than or equal to aggregate container "
        + "limits of 4Mi")]
    [InlineData("{'topologySpreadConstraints':[{'maxSkew':1,'whenUnsatisfiable':'DoNotSchedule'}]}",
        "topologySpreadConstraints[0].topologyKey: Required value: can not be empty")]
    public void The_spec_is_checked(string spec, string expected) => AssertErrors(expected, $"{{'spec':{spec}}}");

    [Theory]
    [InlineData("{'sysctls':[{'name':'','value':'1'},{'name':'A','value':'1'}]}", "sysctls[0].name: Required value\n"
        + "sysctls[1].name: Invalid value: \"A\": must have at most 253 characters and match regex "
        + "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$")]
    [InlineData("{'sysctls':[{'name':'net.a','value':'1'},{'name':'net.a','value':'2'}]}",
        "sysctls[1].name: Duplicate value: \"net.a\"")]
    [InlineData("{'runAsUser':-1}",
        "runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive")]
    [InlineData("{'fsGroupChangePolicy':'x'}",
        "fsGroupChangePolicy: Unsupported value: \"x\": supported values: \"Always\", \"OnRootMismatch\"")]
    [InlineData("{'supplementalGroupsPolicy':'x'}",
        "supplementalGroupsPolicy: Unsupported value: \"x\": supported values: \"Merge\", \"Strict\"")]
    [InlineData("{'seLinuxChangePolicy':'x'}",
        "seLinuxChangePolicy: Unsupported value: \"x\": supported values: \"MountOption\", \"Recursive\"")]
    [InlineData("{'seccompProfile':{'type':'Localhost'}}", "seccompProfile.localhostProfile: Required value: must be "
        + "set when seccomp type is Localhost")]
    [InlineData("{'appArmorProfile':{'type':'Localhost','localhostProfile':' x'}}",
        "appArmorProfile.localhostProfile: Invalid value: \" x\": must not be padded with whitespace")]
    [InlineData("{'appArmorProfile':{'type':'Unconfined','localhostProfile':'x'}}",
        "appArmorProfile.localhostProfile: Invalid value: \"x\": can only be set when AppArmor type is Localhost")]
    [InlineData("{'windowsOptions':{'runAsUserName':'','gmsaCredentialSpec':''}}",
        "windowsOptions.gmsaCredentialSpec: Invalid value: \"\": gmsaCredentialSpec cannot be an empty string\n"
        + "windowsOptions.runAsUserName: Invalid value: \"\": runAsUserName cannot be an empty string")]
    public void The_security_context_is_checked(string context, string expected) =>
        AssertErrors("securityContext." + expected.Replace("\n", "\nspec.securityContext."),
            $"{{'spec':{{'securityContext':{context}}}}}");

    [Theory]
    [InlineData("'os':{'name':'linux'},'securityContext':{'windowsOptions':{}}",
        "securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod")]
    [InlineData("'os':{'name':'windows'},'hostPID':true,'securityContext':{'runAsUser':1}",
        "hostPID: Forbidden: cannot be set for a windows pod\n"
        + "spec.securityContext.runAsUser: Forbidden: cannot be set for a windows pod")]
    [InlineData("'securityContext':{'windowsOptions':{'hostProcess':true}}", "hostNetwork: Invalid value: false: "
        + "hostNetwork must be true if pod contains any hostProcess containers")]
    public void Systems_are_told_apart(string spec, string expected) =>
        AssertErrors(expected, $"{{'spec':{{{spec}}}}}");

    [Theory]
    [InlineData("controller.kubernetes.io/pod-deletion-cost", "+1", "metadata.annotations[controller.kubernetes.io/"
        + "pod-deletion-cost]: Invalid value: \"+1\": must be a 32bit integer")]
    [InlineData("controller.kubernetes.io/pod-deletion-cost", "-7", "")]
    [InlineData("kubernetes.io/config.mirror", "x", "metadata.annotations[kubernetes.io/config.mirror]: Invalid "
        + "value: \"x\": must set spec.nodeName if mirror pod annotation is set")]
    [InlineData("seccomp.security.alpha.kubernetes.io/pod", "x", "metadata.annotations.seccomp.security.alpha."
        + "kubernetes.io/pod: Invalid value: \"x\": must be a valid seccomp profile")]
    [InlineData("container.apparmor.security.beta.kubernetes.io/d", "unconfined", "metadata.annotations[container."
        + "apparmor.security.beta.kubernetes.io/d]: Invalid value: \"d\": container not found")]
    [InlineData("scheduler.alpha.kubernetes.io/tolerations", "[{\\u0022operator\\u0022:\\u0022Exists\\u0022}]", "")]
    public void Annotations_are_checked(string key, string value, string expected) => Manifests.AssertErrors(
        expected, Validator.Validate(Manifests.Of("Pod", $"{{'metadata':{{'annotations':{{'{key}':'{value}'}}}}}}")));

    [Fact]
    public void A_seccomp_annotation_says_what_the_field_says() => AssertErrors(
        "securityContext.seccompProfile.type: Forbidden: seccomp type in annotation and field must match",
        "{'metadata':{'annotations':{'seccomp.security.alpha.kubernetes.io/pod':'unconfined'}},"
        + "'spec':{'securityContext':{'seccompProfile':{'type':'RuntimeDefault'}}}}");

    [Theory]
    [InlineData("container.apparmor.security.beta.kubernetes.io/c", "AppArmor annotations")]
    [InlineData("actor-orchestrator/fence", "the annotation that fences a pod")]
    public void Some_annotations_stay_as_they_were_created(string key, string what)
    {
        var having = Manifests.Of("Pod", $"{{'metadata':{{'annotations':{{'{key}':'unconfined'}}}}}}");
        Manifests.AssertErrors($"metadata.annotations[{key}]: Forbidden: may not remove or update {what}",
            Validator.ValidateUpdate(having, Manifests.Of("Pod")));
        Manifests.AssertErrors($"metadata.annotations[{key}]: Forbidden: may not add {what}",
            Validator.ValidateUpdate(Manifests.Of("Pod"), having));
    }

    [Theory]
    [InlineData("{'resources':{'claims':[{'name':'x'}]}}", "resources.claims[0]: Not found: \"x\": must be one of the "
        + "names in pod.spec.resourceClaims which is empty")]
    [InlineData("{'resources':{'claims':[{}]}}", "resources.claims[0]: Required value")]
    [InlineData("{'resizePolicy':[{'resourceName':'disk','restartPolicy':'Maybe'}]}",
        "resizePolicy: Unsupported value: \"disk\": supported values: \"cpu\", \"memory\"\n"
        + "resizePolicy: Unsupported value: \"Maybe\": supported values: \"NotRequired\", \"RestartContainer\"")]
    [InlineData("{'securityContext':{'procMount':'Unmasked'}}", "securityContext.procMount: Invalid value: "
        + "\"Unmasked\": `hostUsers` must be false to use `Unmasked`")]
    [InlineData("{'securityContext':{'allowPrivilegeEscalation':false,'capabilities':{'add':['CAP_SYS_ADMIN']}}}",
        "securityContext: Invalid value: {\"capabilities\":{\"add\":[\"CAP_SYS_ADMIN\"]},"
        + "\"allowPrivilegeEscalation\":false}: cannot set `allowPrivilegeEscalation` to false and "
        + "`capabilities.Add` CAP_SYS_ADMIN")]
    [InlineData("{'env':[{'name':'A','valueFrom':{'fieldRef':{'apiVersion':'v2','fieldPath':'metadata.name'}}}]}",
        "env[0].valueFrom.fieldRef.fieldPath: Invalid value: \"metadata.name\": error converting fieldPath: "
        + "unsupported pod version: v2")]
    [InlineData("{'env':[{'name':'A','valueFrom':{'configMapKeyRef':{'key':'k'}}}]}",
        "env[0].valueFrom.configMapKeyRef.name: Invalid value: \"\": SUBDOMAIN")]
    public void A_container_is_checked(string container, string expected)
    {
        const string At = "spec.containers[0].";
        Manifests.AssertErrors(
            (At + expected.Replace("\n", "\n" + At)).Replace("SUBDOMAIN", NameRules.Subdomain("")[0]),
            Validator.Validate(Manifests.PodWithContainer(container)));
    }

    private static void AssertErrors(string expected, string patch) =>
        Manifests.AssertErrors("spec." + expected, Validator.Validate(Manifests.Of("Pod", patch)));
}
