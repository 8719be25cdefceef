using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Tests.Validation;

public sealed class ServiceTests
{
    private const string OnlyLoadBalancers = ": Forbidden: may only be used when `type` is 'LoadBalancer'";
    private const string Balanced = "'type':'LoadBalancer','externalTrafficPolicy':'Cluster',";

    [Theory]
    [InlineData("'ports':[{'port':80,'protocol':'TCP','appProtocol':'a b'}]", "ports[0].appProtocol: Invalid value: "
        + "\"a b\": QUALIFIED")]
    [InlineData("'type':'NodePort','externalTrafficPolicy':'Cluster','ports':["
        + "{'name':'a','port':80,'protocol':'TCP','nodePort':30000},"
        + "{'name':'b','port':81,'protocol':'TCP','nodePort':30000}]", "ports[1].nodePort: Duplicate value: 30000")]
    [InlineData("'type':'NodePort','externalTrafficPolicy':'Cluster','ports':["
        + "{'port':80,'protocol':'TCP','nodePort':80}]", "ports[0].nodePort: Invalid value: 80: provided port is not "
        + "in the valid range. The range of valid ports is 30000-32767")]
    [InlineData("'sessionAffinity':'ClientIP','sessionAffinityConfig':{'clientIP':{'timeoutSeconds':86401}}",
        "sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than "
        + "86400")]
    [InlineData("'sessionAffinityConfig':{'clientIP':{'timeoutSeconds':1}}",
        "sessionAffinityConfig: Forbidden: must not be set when session affinity is None")]
    [InlineData("'externalIPs':['127.0.0.1'],'externalTrafficPolicy':'Cluster'",
        "externalIPs[0]: Invalid value: \"127.0.0.1\": may not be in the loopback range (127.0.0.0/8, ::1/128)")]
    [InlineData("'loadBalancerSourceRanges':['10.0.0.0/8']", "LoadBalancerSourceRanges" + OnlyLoadBalancers)]
    [InlineData(Balanced + "'loadBalancerSourceRanges':['10.0.0.0/33']", "LoadBalancerSourceRanges[0]: Invalid value: "
        + "\"10.0.0.0/33\": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")]
    [InlineData("'allocateLoadBalancerNodePorts':true", "allocateLoadBalancerNodePorts" + OnlyLoadBalancers)]
    [InlineData("'loadBalancerClass':'a'", "loadBalancerClass" + OnlyLoadBalancers)]
    [InlineData("'type':'LoadBalancer'", "externalTrafficPolicy: Required value")]
    [InlineData("'type':'LoadBalancer','externalTrafficPolicy':'Near'",
        "externalTrafficPolicy: Unsupported value: \"Near\": supported values: \"Cluster\", \"Local\"")]
    [InlineData(Balanced + "'healthCheckNodePort':1", "healthCheckNodePort: Invalid value: 1: may only be set when "
        + "`type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'")]
    [InlineData("'internalTrafficPolicy':null", "internalTrafficPolicy: Required value")]
    [InlineData("'internalTrafficPolicy':'x'",
        "internalTrafficPolicy: Unsupported value: \"x\": supported values: \"Cluster\", \"Local\"")]
    [InlineData("'trafficDistribution':'x'", "trafficDistribution: Unsupported value: \"x\": supported values: "
        + "\"PreferClose\", \"PreferSameNode\", \"PreferSameZone\"")]
    [InlineData("'type':'ExternalName','externalName':'a.b.'",
        "clusterIPs: Forbidden: may not be set for ExternalName services\n"
        + "spec.ipFamilies: Forbidden: may not be set for ExternalName services\n"
        + "spec.ipFamilyPolicy: Forbidden: may not be set for ExternalName services")]
    [InlineData("'selector':{'a b':'c'}", "selector: Invalid value: \"a b\": QUALIFIED")]
    public void A_service_is_checked(string spec, string expected) => AssertErrors(expected, spec);

    [Theory]
    [InlineData("'clusterIP':'10.0.0.2'", "clusterIPs: Invalid value: [\"10.0.0.1\"]: first value must match "
        + "`clusterIP`")]
    [InlineData("'clusterIP':null",
        "clusterIPs: Invalid value: [\"10.0.0.1\"]: must be empty when `clusterIP` is not specified")]
    [InlineData("'clusterIPs':null", "clusterIPs: Required value")]
    [InlineData("'clusterIPs':['10.0.0.1','10.0.0.2']", "clusterIPs: Invalid value: [\"10.0.0.1\",\"10.0.0.2\"]: may "
        + "specify no more than one IP for each IP family")]
    [InlineData("'clusterIPs':['10.0.0.1','None']", "clusterIPs[1]: Invalid value: \"None\": must be a valid IP "
        + "address, (e.g. 10.9.8.7 or 2001:db8::ffff)")]
    [InlineData("'clusterIP':'None','clusterIPs':['None','10.0.0.1']",
        "clusterIPs: Invalid value: [\"None\",\"10.0.0.1\"]: 'None' must be the first and only value")]
    [InlineData("'ipFamilies':['IPv6']",
        "clusterIPs[0]: Invalid value: \"10.0.0.1\": expected an IPv6 value as indicated by `ipFamilies[0]`")]
    [InlineData("'ipFamilies':['IPv4','IPv4']", "ipFamilies[1]: Duplicate value: \"IPv4\"")]
    [InlineData("'ipFamilies':['IPX']",
        "ipFamilies[0]: Unsupported value: \"IPX\": supported values: \"IPv4\", \"IPv6\"")]
    [InlineData("'ipFamilyPolicy':'x'", "ipFamilyPolicy: Unsupported value: \"x\": supported values: "
        + "\"PreferDualStack\", \"RequireDualStack\", \"SingleStack\"")]
    [InlineData("'type':'NodePort','externalTrafficPolicy':'Cluster','clusterIP':'None','clusterIPs':['None']",
        "clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for NodePort services")]
    public void Addresses_of_a_service_are_checked(string spec, string expected) => AssertErrors(expected, spec);

    [Theory]
    [InlineData("", "'clusterIP':null,'clusterIPs':null,",
        "clusterIPs[0]: Invalid value: []: primary clusterIP can not be unset")]
    [InlineData("", "'ipFamilies':null", "ipFamilies[0]: Invalid value: []: primary ipFamily can not be unset")]
    [InlineData("'clusterIPs':['10.0.0.1','::1'],'ipFamilies':['IPv4','IPv6'],'ipFamilyPolicy':'PreferDualStack'",
        "'ipFamilyPolicy':'PreferDualStack'",
        "ipFamilyPolicy: Invalid value: \"PreferDualStack\": must be set to 'SingleStack' when releasing the secondary "
        + "clusterIP\nspec.ipFamilyPolicy: Invalid value: \"PreferDualStack\": must be set to 'SingleStack' when "
        + "releasing the secondary ipFamily")]
    [InlineData(Balanced + "'loadBalancerClass':'a'", Balanced + "'loadBalancerClass':'b'",
        "loadBalancerClass: Invalid value: \"b\": may not change once set")]
    public void What_a_service_has_it_keeps(string old, string @new, string expected) => Manifests.AssertErrors(
        "spec." + expected, Validator.ValidateUpdate(Of(old), Of(@new)));

    /// <summary>What a change of the type leaves behind, and what an update without it keeps.</summary>
    [Theory]
    [InlineData("", "'clusterIP':null,'clusterIPs':null", "10.0.0.1 -")]
    [InlineData("", "'type':'ExternalName','externalName':'a'", "- -")]
    [InlineData("'type':'NodePort','ports':[{'port':80,'protocol':'TCP','nodePort':30000}]",
        "'type':'NodePort','ports':[{'port':80,'protocol':'TCP'}]", "10.0.0.1 30000")]
    [InlineData("'type':'NodePort','ports':[{'port':80,'protocol':'TCP','nodePort':30000}]",
        "'ports':[{'port':80,'protocol':'TCP','nodePort':30000}]", "10.0.0.1 -")]
    public void An_update_keeps_what_it_leaves_out(string old, string @new, string expected)
    {
        var kept = Assert.IsType<Service>(Defaults.ApplyUpdate(Of(old), Of(@new))).Spec;
        var port = kept.Ports[0].NodePort;
        Assert.Equal(expected, $"{(string.IsNullOrEmpty(kept.ClusterIP) ? "-" : kept.ClusterIP)} "
            + (port == 0 ? "-" : $"{port}"));
    }

    private static void AssertErrors(string expected, string spec) => Manifests.AssertErrors(
        "spec." + expected.Replace("QUALIFIED", NameRules.QualifiedName("a b")[0]), Validator.Validate(Of(spec)));

    private static KubeObject Of(string spec) => Manifests.Of("Service", $"{{'spec':{{{spec.TrimEnd(',')}}}}}");
}
