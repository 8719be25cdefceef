using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Validation.PodSecurity;

namespace ActorOrchestrator.Domain.Tests.Admission;

/// <summary>The Pod Security Standards, a row for each rule: fields of the pod, fields of its container, what is said
/// of them.</summary>
public sealed class PodSecurityTests
{
    private const string Strict = "'securityContext':{'allowPrivilegeEscalation':false,'runAsNonRoot':true,"
        + "'capabilities':{'drop':['ALL']},'seccompProfile':{'type':'RuntimeDefault'}}";

    private const string Enforcing = "{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'team','labels':"
        + "{'pod-security.kubernetes.io/enforce':'baseline'}}}";

    [Theory]
    [InlineData("", "", null)]
    [InlineData("'securityContext':{'appArmorProfile':{'type':'Unconfined'}}", "",
        "forbidden AppArmor profile (pod must not set AppArmor profile type to \"Unconfined\")")]
    [InlineData("", "'securityContext':{'capabilities':{'add':['NET_ADMIN','CHOWN','BPF']}}",
        "non-default capabilities (container \"c\" must not include \"BPF\", \"NET_ADMIN\" in "
        + "securityContext.capabilities.add)")]
    [InlineData("'hostNetwork':true,'hostPID':true", "", "host namespaces (hostNetwork=true, hostPID=true)")]
    [InlineData("'volumes':[{'name':'v','hostPath':{'path':'/'}},{'name':'w','hostPath':{'path':'/'}}]", "",
        "hostPath volumes (volumes \"v\", \"w\")")]
    [InlineData("", "'ports':[{'containerPort':80,'hostPort':80},{'containerPort':81,'hostPort':81}]",
        "hostPort (container \"c\" uses hostPorts 80, 81)")]
    [InlineData("", "'livenessProbe':{'httpGet':{'port':80,'host':'db'}}",
        "probe or lifecycle host (container \"c\" uses probe or lifecycle host \"db\")")]
    [InlineData("", "'securityContext':{'privileged':true}",
        "privileged (container \"c\" must not set securityContext.privileged=true)")]
    [InlineData("'hostUsers':false", "'securityContext':{'procMount':'Unmasked'}", null)]
    [InlineData("", "'securityContext':{'procMount':'Unmasked'}",
        "procMount (container \"c\" must not set securityContext.procMount to \"Unmasked\")")]
    [InlineData("'securityContext':{'seLinuxOptions':{'type':'spc_t'}}", "'securityContext':{'seLinuxOptions':"
        + "{'user':'u','role':'r'}}",
        "seLinuxOptions (pod and container \"c\" set forbidden securityContext.seLinuxOptions: type \"spc_t\"; user "
        + "may not be set; role may not be set)")]
    [InlineData("'securityContext':{'seccompProfile':{'type':'Unconfined'}}", "",
        "seccompProfile (pod must not set securityContext.seccompProfile.type to \"Unconfined\")")]
    [InlineData("'securityContext':{'sysctls':[{'name':'kernel.msgmax','value':'1'},"
        + "{'name':'net.ipv4.tcp_syncookies','value':'1'}]}", "", "forbidden sysctls (kernel.msgmax)")]
    [InlineData("", "'securityContext':{'windowsOptions':{'hostProcess':true}}",
        "hostProcess (container \"c\" must not set securityContext.windowsOptions.hostProcess=true)")]
    public void Baseline_forbids_what_leads_out_of_the_pod(string pod, string container, string? said) =>
        Check("baseline", pod, container, said);

    [Theory]
    [InlineData("i", null)]
    [InlineData("j", "pods \"p\" is forbidden: violates PodSecurity \"baseline:latest\": "
        + "host namespaces (hostNetwork=true)")]
    public void A_pod_that_was_there_before_the_labels_may_change_but_for_its_images(string image, string? complaint) =>
        Assert.Equal(complaint, AdmissionRun.ChangePod(
            OnHost("i", "{}"), OnHost(image, "{'a':'b'}"), subresource: null,
            Enforcing)?.Message);

    /// <summary>The whole pod is judged again, as in Kubernetes.</summary>
    [Theory]
    [InlineData("false", "{'capabilities':{'add':['CHOWN']}}", null)]
    [InlineData("false", "{'capabilities':{'add':['SYS_PTRACE']}}",
        "non-default capabilities (container \"e\" must not include \"SYS_PTRACE\" in "
        + "securityContext.capabilities.add)")]
    [InlineData("false", "{'privileged':true}",
        "privileged (container \"e\" must not set securityContext.privileged=true)")]
    [InlineData("true", "{}", "host namespaces (hostNetwork=true)")]
    public void A_pod_is_given_ephemeral_containers_that_keep_to_the_standard(
        string isOnHost, string context, string? said)
    {
        var complaint = AdmissionRun.ChangePod(
            Debugged(""), Debugged($"{{'name':'e','image':'i','securityContext':{context}}}"),
            Subresources.EphemeralContainers, Enforcing)?.Message;
        Assert.Equal(
            said is null ? null : $"pods \"p\" is forbidden: violates PodSecurity \"baseline:latest\": {said}",
            complaint);

        string Debugged(string list) =>
            $"{{'apiVersion':'v1','kind':'Pod','metadata':{{'name':'p'}},'spec':{{'hostNetwork':{isOnHost},"
            + $"'containers':[{{'name':'c','image':'i'}}],'ephemeralContainers':[{list}]}}}}";
    }

    private static string OnHost(string image, string labels) =>
        $"{{'apiVersion':'v1','kind':'Pod','metadata':{{'name':'p','labels':{labels}}},'spec':"
        + $"{{'hostNetwork':true,'containers':[{{'name':'c','image':'{image}'}}]}}}}";

    [Theory]
    [InlineData("", Strict, null)]
    [InlineData("'securityContext':{'runAsNonRoot':true,'seccompProfile':{'type':'Localhost','localhostProfile':'p'}}",
        "'securityContext':{'allowPrivilegeEscalation':false,'capabilities':{'drop':['ALL'],"
        + "'add':['NET_BIND_SERVICE']}}", null)]
    [InlineData("", "",
        "allowPrivilegeEscalation != false (container \"c\" must set securityContext.allowPrivilegeEscalation=false), "
        + "unrestricted capabilities (container \"c\" must set securityContext.capabilities.drop=[\"ALL\"]), "
        + "runAsNonRoot != true (pod or container \"c\" must set securityContext.runAsNonRoot=true), "
        + "seccompProfile (pod or container \"c\" must set securityContext.seccompProfile.type to \"RuntimeDefault\" "
        + "or \"Localhost\")")]
    [InlineData("'volumes':[{'name':'v','nfs':{'server':'s','path':'/'}},{'name':'e','emptyDir':{}}]", Strict,
        "restricted volume types (volume \"v\" uses restricted volume type \"nfs\")")]
    [InlineData("'securityContext':{'runAsUser':0}", Strict, "runAsUser=0 (pod must not set runAsUser=0)")]
    [InlineData("", "'securityContext':{'allowPrivilegeEscalation':false,'runAsNonRoot':false,'capabilities':"
        + "{'drop':['ALL'],'add':['CHOWN']},'seccompProfile':{'type':'Unconfined'}}",
        "unrestricted capabilities (container \"c\" must not include \"CHOWN\" in securityContext.capabilities.add), "
        + "runAsNonRoot != true (container \"c\" must not set securityContext.runAsNonRoot=false), "
        + "seccompProfile (container \"c\" must not set securityContext.seccompProfile.type to \"Unconfined\")")]
    [InlineData("'hostNetwork':true", Strict, "host namespaces (hostNetwork=true)")]
    public void Restricted_wants_pods_to_give_up_what_they_do_not_need(string pod, string container, string? said) =>
        Check("restricted", pod, container, said);

    /// <summary>What changed from one version of the standards to another: the version before, and the one that brought
    /// it. Of what is said, the names of the rules.</summary>
    [Theory]
    [InlineData("baseline", 33, 34, "", "'livenessProbe':{'tcpSocket':{'port':80,'host':'db'}}",
        "", "probe or lifecycle host")]
    [InlineData("baseline", 34, 35, "'hostUsers':false", "'securityContext':{'procMount':'Unmasked'}", "procMount", "")]
    [InlineData("restricted", 34, 35, "'hostUsers':false",
        "'securityContext':{'allowPrivilegeEscalation':false,'capabilities':{'drop':['ALL']},'procMount':'Unmasked',"
        + "'seccompProfile':{'type':'RuntimeDefault'}}", "procMount, runAsNonRoot != true", "procMount")]
    [InlineData("restricted", 34, 35, "'hostUsers':false,'securityContext':{'runAsUser':0}", Strict, "runAsUser=0", "")]
    [InlineData("baseline", 30, 31, "'securityContext':{'seLinuxOptions':{'type':'container_engine_t'}}", "",
        "seLinuxOptions", "")]
    [InlineData("baseline", 26, 27, "'securityContext':{'sysctls':[{'name':'net.ipv4.ip_local_reserved_ports',"
        + "'value':'1'}]}", "", "forbidden sysctls", "")]
    [InlineData("baseline", 28, 29, "'securityContext':{'sysctls':[{'name':'net.ipv4.tcp_fin_timeout','value':'1'}]}",
        "", "forbidden sysctls", "")]
    [InlineData("baseline", 31, 32, "'securityContext':{'sysctls':[{'name':'net.ipv4.tcp_rmem','value':'1'}]}", "",
        "forbidden sysctls", "")]
    [InlineData("baseline", 18, 19, "'securityContext':{'seccompProfile':{'type':'Unconfined'}}", "",
        "", "seccompProfile")]
    [InlineData("restricted", 7, 8, "", "'securityContext':{'runAsNonRoot':true}",
        "", "allowPrivilegeEscalation != false")]
    [InlineData("restricted", 18, 19, "", "'securityContext':{'allowPrivilegeEscalation':false,'runAsNonRoot':true}",
        "", "seccompProfile")]
    [InlineData("restricted", 21, 22, "", "'securityContext':{'allowPrivilegeEscalation':false,'runAsNonRoot':true,"
        + "'seccompProfile':{'type':'RuntimeDefault'}}", "", "unrestricted capabilities")]
    [InlineData("restricted", 21, 22, "", "'securityContext':{'allowPrivilegeEscalation':false,'runAsNonRoot':true,"
        + "'seccompProfile':{'type':'RuntimeDefault'},'capabilities':{'drop':['ALL'],'add':['SYS_TIME']}}",
        "non-default capabilities", "unrestricted capabilities")]
    [InlineData("restricted", 22, 23, "'securityContext':{'runAsUser':0}", Strict, "", "runAsUser=0")]
    [InlineData("restricted", 24, 25, "'os':{'name':'windows'}", "'securityContext':{'runAsNonRoot':true}",
        "allowPrivilegeEscalation != false, unrestricted capabilities, seccompProfile", "")]
    public void A_version_keeps_what_it_had(
        string level, int before, int since, string pod, string container, string old, string @new)
    {
        Assert.Equal((old, @new), (Found($"v1.{before}"), Found($"v1.{since}")));
        Assert.Equal(Found("v1.99"), Found("latest"));
        Assert.Empty(Parts(@new).Except(Parts(Found("latest"))));
        Assert.Empty(Parts(old).Except(Parts(@new)).Intersect(Parts(Found("latest"))));

        string Found(string version) => Names(level, version, Spec(pod, container), "{}");
        string[] Parts(string names) => names.Split(", ", StringSplitOptions.RemoveEmptyEntries);
    }

    [Theory]
    [InlineData("v1.18", "seccompProfile")]
    [InlineData("v1.19", "")]
    public void Seccomp_profiles_once_stood_in_annotations(string version, string expected) => Assert.Equal(
        expected, Names(
            "baseline", version, Spec("", ""), "{'container.seccomp.security.alpha.kubernetes.io/c':'unconfined'}"));

    private static string Names(string level, string version, string spec, string annotations)
    {
        var pod = (Pod)AdmissionRun.Read(
            $"{{'apiVersion':'v1','kind':'Pod','metadata':{{'annotations':{annotations}}},'spec':{spec}}}");
        var violation = PodSecurityStandards.Violation(new PodSecurityPolicy(level, version), pod.Metadata, pod.Spec);
        var said = $"violate PodSecurity \"{level}:{version}\": ";
        return violation is null ? "" : string.Join(", ", violation[said.Length..].Split("), ")
            .Select(each => each[..each.IndexOf(" (", StringComparison.Ordinal)]));
    }

    [Theory]
    [InlineData("'hostUsers':false", "'securityContext':{'allowPrivilegeEscalation':false,'runAsUser':0,'capabilities':"
        + "{'drop':['ALL']},'seccompProfile':{'type':'RuntimeDefault'}}")]
    public void Root_of_users_of_its_own_is_let_in(string pod, string container) =>
        Check("restricted", pod, container, said: null);

    [Fact]
    public void Without_labels_and_with_privileged_anything_goes()
    {
        var spec = Spec("'hostNetwork':true", "'securityContext':{'privileged':true}");
        Assert.Null(AdmissionRun.CreatePod(spec).Refusal);
        Assert.Null(AdmissionRun.CreatePod(spec, Namespace("enforce", "privileged")).Refusal);
        Assert.Null(AdmissionRun.CreatePod(spec, Namespace("warn", "restricted")).Refusal);
    }

    [Theory]
    [InlineData("restricted", null, "restricted:latest")]
    [InlineData("restricted", "v1.30", "restricted:v1.30")]
    [InlineData("baseline", "1.30", "baseline:latest")]
    [InlineData("nonsense", null, "restricted:latest")]
    [InlineData(null, null, "privileged:latest")]
    public void Labels_name_level_and_version(string? level, string? version, string policy)
    {
        var labels = (level is null ? "" : $"'pod-security.kubernetes.io/audit':'{level}',")
            + (version is null ? "" : $"'pod-security.kubernetes.io/audit-version':'{version}',");
        var json = "{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'n','labels':{"
            + labels.TrimEnd(',') + "}}}";
        Assert.Equal(policy, PodSecurityPolicy.Of((Namespace)AdmissionRun.Read(json), "audit").ToString());
    }

    [Fact]
    public void Warnings_are_for_what_is_let_in_and_for_what_makes_pods()
    {
        var pod = AdmissionRun.Read("{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p'},'spec':"
            + Spec("'hostPID':true", "") + "}");
        var template = AdmissionRun.Read("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d'},'spec':"
            + "{'template':{'spec':" + Spec("'hostPID':true", "") + "}}}");
        var warning = "would violate PodSecurity \"baseline:latest\": host namespaces (hostPID=true)";
        var warns = (Namespace)AdmissionRun.Read(Namespace("warn", "baseline"));
        var refuses = (Namespace)AdmissionRun.Read(Namespace("enforce", "baseline"));
        refuses = refuses with
        {
            Metadata = refuses.Metadata with
            {
                Labels = refuses.Metadata.Labels.With("pod-security.kubernetes.io/warn", "baseline"),
            },
        };
        Assert.Equal([warning], PodSecurityStandards.Warnings(pod, warns));
        Assert.Equal([warning], PodSecurityStandards.Warnings(template, warns));
        Assert.Empty(PodSecurityStandards.Warnings(pod, refuses));
        Assert.Equal([warning], PodSecurityStandards.Warnings(template, refuses));
        Assert.Empty(PodSecurityStandards.Warnings(pod, null));
    }

    [Theory]
    [InlineData("privileged", "baseline", "existing pods in namespace \"team\" violate the new PodSecurity enforce "
        + "level \"baseline:latest\"|a (and 1 other pod): host namespaces|c: host namespaces, privileged")]
    [InlineData("restricted", "baseline", "")]
    [InlineData("baseline", "baseline", "")]
    [InlineData("baseline", "privileged", "")]
    public void A_namespace_that_enforces_more_warns_of_the_pods_it_has(string old, string @new, string expected)
    {
        Pod Make(string name, string container) => (Pod)AdmissionRun.Read(
            $"{{'apiVersion':'v1','kind':'Pod','metadata':{{'name':'{name}'}},'spec':"
            + Spec("'hostPID':true", container) + "}");
        Namespace Enforcing(string level) => (Namespace)AdmissionRun.Read(Namespace("enforce", level));
        Pod[] pods = [Make("a", ""), Make("b", ""), Make("c", "'securityContext':{'privileged':true}")];
        Assert.Equal(expected, string.Join(
            '|', PodSecurityStandards.Warnings(Enforcing(old), Enforcing(@new), pods)));
    }

    private static void Check(string level, string pod, string container, string? said)
    {
        var (_, refusal) = AdmissionRun.CreatePod(Spec(pod, container), Namespace("enforce", level));
        Assert.Equal(
            said is null ? null : $"pods \"p\" is forbidden: violates PodSecurity \"{level}:latest\": {said}",
            refusal?.Message);
    }

    private static string Spec(string pod, string container) =>
        $"{{{(pod.Length == 0 ? "" : pod + ",")}'containers':[{{'name':'c','image':'i'"
        + $"{(container.Length == 0 ? "" : "," + container)}}}]}}";

    private static string Namespace(string mode, string level) =>
        "{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'team','labels':{"
        + $"'pod-security.kubernetes.io/{mode}':'{level}'}}}}}}";
}
