using ActorOrchestrator.Api.Coordination;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Api.Discovery;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Tests.Validation;

/// <summary>Kinds that few people write: what is behind services, classes of storage, leases, templates.</summary>
public sealed class RareKindTests
{
    private const string Both = "'addresses':[{'ip':'10.0.0.1'}]";

    [Theory]
    [InlineData("{'addresses':[{'ip':'127.0.0.1'}]}",
        "addresses[0].ip: Invalid value: \"127.0.0.1\": may not be in the loopback range (127.0.0.0/8, ::1/128)")]
    [InlineData("{'addresses':[{'ip':'::ffff:127.0.0.1'}]}", "addresses[0].ip: Invalid value: \"::ffff:127.0.0.1\": "
        + "may not be in the loopback range (127.0.0.0/8, ::1/128)")]
    [InlineData("{'notReadyAddresses':[{'ip':'010.0.0.1'}]}", "")]
    [InlineData("{'addresses':[{'ip':'10.0.0.1','hostname':'A','nodeName':'B_'}]}",
        "addresses[0].hostname: Invalid value: \"A\": LABEL\naddresses[0].nodeName: Invalid value: \"B_\": SUBDOMAIN")]
    [InlineData("{" + Both + ",'ports':[{'port':80,'protocol':'TCP'},{'name':'A','port':0,'protocol':'X'}]}",
        "ports[0].name: Required value\nports[1].name: Invalid value: \"A\": LABEL\n"
        + "ports[1].port: Invalid value: 0: must be between 1 and 65535, inclusive\n"
        + "ports[1].protocol: Unsupported value: \"X\": supported values: \"SCTP\", \"TCP\", \"UDP\"")]
    [InlineData("{" + Both + ",'ports':[{'port':80,'protocol':'TCP','appProtocol':'a b'}]}",
        "ports[0].appProtocol: Invalid value: \"a b\": QUALIFIED")]
    public void Endpoints_are_checked(string subset, string expected) => Manifests.AssertErrors(
        string.Join('\n', Filled(expected).Split('\n').Where(line => line.Length > 0)
            .Select(line => $"subsets[0].{line}")),
        Validator.Validate(Manifests.Of("Endpoints", $"{{'subsets':[{subset}]}}")));

    [Theory]
    [InlineData("'endpoints':[{'addresses':['169.254.1.1']}]", "endpoints[0].addresses[0]: Invalid value: "
        + "\"169.254.1.1\": may not be in the link-local range (169.254.0.0/16, fe80::/10)")]
    [InlineData("'endpoints':[{'addresses':['::ffff:10.0.0.1']}]", "")]
    [InlineData("'addressType':'IPv6','endpoints':[{'addresses':['::ffff:10.0.0.1']}]",
        "endpoints[0].addresses[0]: Invalid value: \"::ffff:10.0.0.1\": must be an IPv6 address")]
    [InlineData("'addressType':'IPv6','endpoints':[{'addresses':['2001:db8::1']}]", "")]
    [InlineData("'addressType':'FQDN','endpoints':[{'addresses':['','a','A.b','a.b.']}]",
        "endpoints[0].addresses[0]: Required value\nendpoints[0].addresses[1]: Invalid value: \"a\": should be a "
        + "domain with at least two segments separated by dots\n"
        + "endpoints[0].addresses[2]: Invalid value: \"A.b\": SUBDOMAIN")]
    [InlineData("'endpoints':[{'addresses':['10.0.0.1'],'hostname':'A','nodeName':'B_'}]",
        "endpoints[0].nodeName: Invalid value: \"B_\": SUBDOMAIN\nendpoints[0].hostname: Invalid value: \"A\": LABEL")]
    [InlineData("'endpoints':[{'addresses':['10.0.0.1'],'hints':{'forZones':[{'name':'a'},{'name':'a'},"
        + "{'name':'b c'}],'forNodes':[{'name':'B_'}]}}]",
        "endpoints[0].hints.forZones[1].name: Duplicate value: \"a\"\n"
        + "endpoints[0].hints.forZones[2].name: Invalid value: \"b c\": VALUE\n"
        + "endpoints[0].hints.forNodes[0].name: Invalid value: \"B_\": SUBDOMAIN")]
    [InlineData("'ports':[{'name':'','port':1,'protocol':'TCP'},{'name':'','port':2,'protocol':'TCP',"
        + "'appProtocol':'a b'}]",
        "ports[1].name: Duplicate value: \"\"\nports[1].appProtocol: Invalid value: \"a b\": QUALIFIED")]
    public void A_slice_is_checked(string fields, string expected) => Manifests.AssertErrors(
        Filled(expected), Validator.Validate(Manifests.Of("EndpointSlice", $"{{{fields}}}")));

    [Theory]
    [InlineData(8, "")]
    [InlineData(9, "endpoints[0].hints.forZones: Too many: 9: must have at most 8 items")]
    public void Hints_are_few(int count, string expected)
    {
        var zones = string.Join(',', Enumerable.Range(0, count).Select(i => $"{{'name':'z{i}'}}"));
        Manifests.AssertErrors(expected, Validator.Validate(Manifests.Of("EndpointSlice",
            $"{{'endpoints':[{{'addresses':['10.0.0.1'],'hints':{{'forZones':[{zones}]}}}}]}}")));
    }

    [Fact]
    public void The_topology_of_an_older_version_is_not_written()
    {
        var slice = Manifests.Of("EndpointSlice",
            "{'endpoints':[{'addresses':['10.0.0.1'],'deprecatedTopology':{'a':'b'}}]}");
        Assert.Empty(Assert.IsType<EndpointSlice>(Defaults.Apply(slice)).Endpoints[0].DeprecatedTopology);
    }

    [Theory]
    [InlineData("[{'matchLabelExpressions':[{'key':'a b','values':[]}]}]",
        "[0].matchLabelExpressions[0].values: Required value\n"
        + "[0].matchLabelExpressions[0].key: Invalid value: \"a b\": QUALIFIED")]
    [InlineData("[{'matchLabelExpressions':[{'key':'a','values':['x','x']},{'key':'a','values':['y']}]}]",
        "[0].matchLabelExpressions[0].values[1]: Duplicate value: \"x\"\n"
        + "[0].matchLabelExpressions[1].key: Duplicate value: \"a\"")]
    [InlineData("[{'matchLabelExpressions':[{'key':'a','values':['x','y']}]},"
        + "{'matchLabelExpressions':[{'key':'a','values':['y','x']}]}]",
        "[1].matchLabelExpressions: Duplicate value: \"\"")]
    [InlineData("[{'matchLabelExpressions':[{'key':'a','values':['x']}]},"
        + "{'matchLabelExpressions':[{'key':'a','values':['y']}]}]", "")]
    public void Where_volumes_of_a_class_are_is_checked(string topologies, string expected) => Manifests.AssertErrors(
        string.Join('\n', Filled(expected).Split('\n').Where(line => line.Length > 0)
            .Select(line => $"allowedTopologies{line}")),
        Validator.Validate(Manifests.Of("StorageClass", $"{{'allowedTopologies':{topologies}}}")));

    [Theory]
    [InlineData("{'parameters':{'':'v'}}", "parameters: Invalid value: \"\": field can not be empty.")]
    [InlineData("{'provisioner':'a b'}", "provisioner: Invalid value: \"a b\": QUALIFIED")]
    [InlineData("{'reclaimPolicy':'Recycle'}",
        "reclaimPolicy: Unsupported value: \"Recycle\": supported values: \"Delete\", \"Retain\"")]
    [InlineData("{'volumeBindingMode':'Soon'}",
        "volumeBindingMode: Unsupported value: \"Soon\": supported values: \"Immediate\", \"WaitForFirstConsumer\"")]
    public void A_storage_class_is_checked(string patch, string expected) => Manifests.AssertErrors(
        Filled(expected), Validator.Validate(Manifests.Of("StorageClass", patch)));

    [Theory]
    [InlineData("{'parameters':{'a':'b'}}", "parameters: Forbidden: updates to parameters are forbidden.")]
    [InlineData("{'reclaimPolicy':'Retain'}", "reclaimPolicy: Forbidden: updates to reclaimPolicy are forbidden.")]
    [InlineData("{'allowVolumeExpansion':true,'mountOptions':['a']}", "")]
    public void Little_of_a_storage_class_may_change(string patch, string expected)
    {
        var old = Defaults.Apply(Manifests.Of("StorageClass"));
        Manifests.AssertErrors(
            expected, Validator.ValidateUpdate(old, Defaults.Apply(Manifests.Of("StorageClass", patch))));
    }

    [Fact]
    public void How_a_leases_holder_is_elected_is_dropped()
    {
        var lease = Manifests.Of("Lease", "{'spec':{'strategy':'OldestEmulationVersion','preferredHolder':'a'}}");
        Assert.Equal(LeaseSpec.Empty, Assert.IsType<Lease>(Defaults.Apply(lease)).Spec);
    }

    [Theory]
    [InlineData("PodTemplate", "{'template':{'spec':{'containers':[]}}}", "template.spec.containers: Required value")]
    [InlineData("PodTemplate", "{'template':{'spec':{'restartPolicy':'Sometimes'}}}", "template.spec.restartPolicy: "
        + "Unsupported value: \"Sometimes\": supported values: \"Always\", \"OnFailure\", \"Never\"")]
    [InlineData("ServiceAccount", "{'metadata':{'name':'A'}}", "metadata.name: Invalid value: \"A\": SUBDOMAIN")]
    [InlineData("ServiceAccount", "{'secrets':[{'name':'s'}],'imagePullSecrets':[{'name':''}]}", "")]
    public void Templates_and_accounts_are_checked(string kind, string patch, string expected)
    {
        Manifests.AssertErrors(Filled(expected), Validator.Validate(Manifests.Of(kind, patch)));
        var isName = patch.Contains("metadata");
        Manifests.AssertErrors(
            isName ? "metadata.name: Invalid value: \"A\": field is immutable" : expected,
            Validator.ValidateUpdate(Manifests.Of(kind), Manifests.Of(kind, patch)));
    }

    private static string Filled(string expected) => expected
        .Replace("LABEL", NameRules.Label("A")[0]).Replace("SUBDOMAIN", NameRules.Subdomain("A")[0])
        .Replace("QUALIFIED", NameRules.QualifiedName("a b")[0]).Replace("VALUE", NameRules.LabelValue("b c")[0]);
}
