using ActorOrchestrator.Api.Events;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Tests.Validation;

/// <summary>Kinds that say what others may do or use.</summary>
public sealed class PolicyTests
{
    private const string NotACidr = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
    private const string NotASubset = "must be a strict subset of `cidr`";
    private const string NotOfResource = "unsupported scope applied to resource";

    private const string MustExist =
        "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, "
        + "ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or "
        + "ResourceQuotaScopeCrossNamespacePodAffinity";

    [Theory]
    [InlineData("{'podSelector':{},'ingress':[{}],'egress':[{}],'policyTypes':['Ingress','Egress']}", "")]
    [InlineData("{'ingress':[{'ports':[{'port':80,'endPort':90,'protocol':'UDP'},{'port':'http'},{}],"
        + "'from':[{'podSelector':{},'namespaceSelector':{}},"
        + "{'ipBlock':{'cidr':'10.0.0.0/8','except':['10.1.2.3/16']}}]}]}", "")]
    [InlineData("{'podSelector':{'matchLabels':{'a b':'c'}}}",
        "spec.podSelector.matchLabels: Invalid value: \"a b\": KEY")]
    [InlineData("{'ingress':[{'from':[{'ipBlock':{'cidr':'10.0.0.0'}}]}]}",
        "spec.ingress[0].from[0].ipBlock.cidr: Invalid value: \"10.0.0.0\": " + NotACidr)]
    [InlineData("{'egress':[{'to':[{'ipBlock':{}}]}]}", "spec.egress[0].to[0].ipBlock.cidr: Required value")]
    [InlineData("{'egress':[{'to':[{'ipBlock':{'cidr':'10.0.0.0/8','except':['11.0.0.0/16','10.0.0.0/8','x']}}]}]}",
        "spec.egress[0].to[0].ipBlock.except[0]: Invalid value: \"11.0.0.0/16\": " + NotASubset + "\n"
        + "spec.egress[0].to[0].ipBlock.except[1]: Invalid value: \"10.0.0.0/8\": " + NotASubset + "\n"
        + "spec.egress[0].to[0].ipBlock.except[2]: Invalid value: \"x\": " + NotACidr)]
    [InlineData("{'egress':[{'to':[{'ipBlock':{'cidr':'2001:db8::/32','except':['2001:db8:1::/48','10.0.0.0/8']}}]}]}",
        "spec.egress[0].to[0].ipBlock.except[1]: Invalid value: \"10.0.0.0/8\": " + NotASubset)]
    [InlineData("{'ingress':[{'from':[{'ipBlock':{'cidr':'10.0.0.0/8'},'podSelector':{}}]}]}",
        "spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer")]
    [InlineData("{'ingress':[{'from':[{}]}]}", "spec.ingress[0].from[0]: Required value: must specify a peer")]
    [InlineData("{'ingress':[{'ports':[{'port':80,'endPort':79},{'port':'http','endPort':90},{'endPort':90},"
        + "{'port':80,'endPort':65536}]}]}",
        "spec.ingress[0].ports[0].endPort: Invalid value: 79: must be greater than or equal to `port`\n"
        + "spec.ingress[0].ports[1].endPort: Invalid value: 90: may not be specified when `port` is non-numeric\n"
        + "spec.ingress[0].ports[2].endPort: Invalid value: 90: may not be specified when `port` is not specified\n"
        + "spec.ingress[0].ports[3].endPort: Invalid value: 65536: must be between 1 and 65535, inclusive")]
    [InlineData("{'ingress':[{'ports':[{'port':'80'},{'port':0,'protocol':'X'}]}]}",
        "spec.ingress[0].ports[0].port: Invalid value: \"80\": must contain at least one letter (a-z)\n"
        + "spec.ingress[0].ports[1].protocol: Unsupported value: \"X\": supported values: \"TCP\", \"UDP\", \"SCTP\"\n"
        + "spec.ingress[0].ports[1].port: Invalid value: 0: must be between 1 and 65535, inclusive")]
    [InlineData("{'policyTypes':['Foo']}",
        "spec.policyTypes[0]: Unsupported value: \"Foo\": supported values: \"Ingress\", \"Egress\"")]
    [InlineData("{'policyTypes':['Ingress','Egress','Ingress']}", "spec.policyTypes: Invalid value: "
        + "[\"Ingress\",\"Egress\",\"Ingress\"]: may not specify more than two policyTypes")]
    public void A_network_policy_is_checked(string spec, string expected) => Manifests.AssertErrors(
        expected.Replace("KEY", NameRules.QualifiedName("a b")[0]),
        Validator.Validate(Manifests.Of("NetworkPolicy", $"{{'spec':{spec}}}")));

    [Theory]
    [InlineData("{'hard':{'count/deployments.apps':'1','requests.nvidia.com/gpu':'1','requests.hugepages-2Mi':'2Mi'}}",
        "")]
    [InlineData("{'hard':{'foo':'1'}}",
        "spec.hard[foo]: Invalid value: \"foo\": must be a standard resource type or fully qualified\n"
        + "spec.hard[foo]: Invalid value: \"foo\": must be a standard resource for quota")]
    [InlineData("{'hard':{'storage':'1'}}",
        "spec.hard[storage]: Invalid value: \"storage\": must be a standard resource for quota")]
    [InlineData("{'hard':{'secrets':'1500m','cpu':'1500m'}}",
        "spec.hard[secrets]: Invalid value: \"1500m\": must be an integer")]
    [InlineData("{'scopes':['Bogus']}", "spec.scopes: Invalid value: [\"Bogus\"]: unsupported scope")]
    [InlineData("{'scopes':['BestEffort','NotBestEffort']}",
        "spec.scopes: Invalid value: [\"BestEffort\",\"NotBestEffort\"]: conflicting scopes")]
    [InlineData("{'hard':{'cpu':'1','pods':'1'},'scopes':['BestEffort']}",
        "spec.scopes: Invalid value: [\"BestEffort\"]: " + NotOfResource)]
    [InlineData("{'hard':{'configmaps':'1'},'scopes':['Terminating']}",
        "spec.scopes: Invalid value: [\"Terminating\"]: " + NotOfResource)]
    [InlineData("{'hard':{'pods':null,'requests.storage':'1','cpu':'1'},'scopes':['VolumeAttributesClass']}",
        "spec.scopes: Invalid value: [\"VolumeAttributesClass\"]: " + NotOfResource)]
    [InlineData("{'scopeSelector':{'matchExpressions':[{'scopeName':'BestEffort','operator':'In','values':['a']}]}}",
        "spec.scopeSelector.matchExpressions.operator: Invalid value: \"In\": " + MustExist)]
    [InlineData("{'scopeSelector':{'matchExpressions':[{'scopeName':'PriorityClass','operator':'In'}]}}",
        "spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is "
        + "'In' or 'NotIn' for scope selector")]
    [InlineData("{'scopeSelector':{'matchExpressions':[{'scopeName':'PriorityClass','operator':'Exists',"
        + "'values':['a']}]}}", "spec.scopeSelector.matchExpressions.values: Invalid value: [\"a\"]: must be no value "
        + "when `operator` is 'Exist' or 'DoesNotExist' for scope selector")]
    [InlineData("{'scopeSelector':{'matchExpressions':[{'scopeName':'Moon','operator':'Like'}]}}",
        "spec.scopeSelector.matchExpressions.scopeName: Invalid value: \"Moon\": unsupported scope\n"
        + "spec.scopeSelector.matchExpressions.operator: Invalid value: \"Like\": not a valid selector operator")]
    public void A_quota_is_checked(string spec, string expected) => Manifests.AssertErrors(
        expected, Validator.Validate(Manifests.Of("ResourceQuota", $"{{'spec':{spec}}}")));

    [Theory]
    [InlineData("{'type':'PersistentVolumeClaim','max':{'cpu':'1'}}", "spec.limits[0].limits: Required value: either "
        + "minimum or maximum storage value is required, but neither was provided")]
    [InlineData("{'type':'PersistentVolumeClaim','max':{'storage':'1'}}", "")]
    [InlineData("{'type':'Container','min':{'cpu':'1'},'max':{'cpu':'2'},'maxLimitRequestRatio':{'cpu':'3'}}",
        "spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: \"3\": ratio 3 is greater than max/min = 2.000000")]
    [InlineData("{'type':'Container','min':{'cpu':'1'},'max':{'cpu':'2'},'maxLimitRequestRatio':{'cpu':'2'}}", "")]
    [InlineData("{'type':'Container','maxLimitRequestRatio':{'cpu':'500m'}}",
        "spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: \"500m\": ratio 500m is less than 1")]
    [InlineData("{'type':'Container','default':{'a.com/b':'2'},'defaultRequest':{'a.com/b':'1'}}",
        "spec.limits[0].defaultRequest[a.com/b]: Invalid value: \"1\": default value 2 must equal to defaultRequest "
        + "value 1 in a.com/b")]
    public void A_limit_range_is_checked(string item, string expected) => Manifests.AssertErrors(
        expected, Validator.Validate(Manifests.Of("LimitRange", $"{{'spec':{{'limits':[{item}]}}}}")));

    [Theory]
    [InlineData("{'rules':[{'verbs':['get'],'nonResourceURLs':['/x'],'resources':['pods']}]}",
        "rules[0].nonResourceURLs: Invalid value: [\"/x\"]: rules cannot apply to both regular resources and "
        + "non-resource URLs")]
    [InlineData("{'aggregationRule':{}}", "aggregationRule.clusterRoleSelectors: Required value: at least one "
        + "clusterRoleSelector required if aggregationRule is non-nil")]
    [InlineData("{'aggregationRule':{'clusterRoleSelectors':[{'matchExpressions':[{'key':'a','operator':'Like'}]}]}}",
        "aggregationRule.clusterRoleSelectors[0].matchExpressions[0].operator: Invalid value: \"Like\": not a valid "
        + "selector operator")]
    public void A_cluster_role_is_checked(string patch, string expected) =>
        Manifests.AssertErrors(expected, Validator.Validate(Manifests.Of("ClusterRole", patch)));

    [Theory]
    [InlineData("ResourceQuota", "{'spec':{'scopes':['Terminating']}}", "{}",
        "spec.scopes: Invalid value: []: field is immutable")]
    [InlineData("ResourceQuota", "{'spec':{'scopes':['Terminating','BestEffort']}}",
        "{'spec':{'scopes':['BestEffort','Terminating']}}", "")]
    public void What_is_fixed_may_not_change(string kind, string old, string @new, string expected) =>
        Manifests.AssertErrors(
            expected, Validator.ValidateUpdate(Manifests.Of(kind, old), Manifests.Of(kind, @new)));

    [Fact]
    public void An_event_that_newer_clients_change_stays_what_it_is()
    {
        var old = new Event { Note = "a", Reason = "R", Type = "Normal", EventTime = new MicroTime(default) };
        Manifests.AssertErrors("", Validator.ValidateShownUpdate(old, old with { Series = new() { Count = 2 } }));
        Manifests.AssertErrors(
            "reason: Invalid value: \"S\": field is immutable\nmessage: Invalid value: \"b\": field is immutable",
            Validator.ValidateShownUpdate(old, old with { Note = "b", Reason = "S" }));
    }
}
