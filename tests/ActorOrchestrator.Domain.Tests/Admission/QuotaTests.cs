using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Admission.Quotas;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Domain.Tests.Projections;

namespace ActorOrchestrator.Domain.Tests.Admission;

/// <summary>ResourceQuotas: what counts, what is refused, and what their status shows.</summary>
public sealed class QuotaTests
{
    private readonly List<KubeObject> _stored = [];
    private readonly QuotaLedger _ledger;
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

    public QuotaTests() => _ledger = new QuotaLedger(_ => _stored);

    [Theory]
    [InlineData("'pods':'1'", "", null)]
    [InlineData("'pods':'0'", "", "exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0")]
    [InlineData("'count/pods':'0'", "",
        "exceeded quota: q, requested: count/pods=1, used: count/pods=0, limited: count/pods=0")]
    [InlineData("'count/secrets':'0','services':'0'", "", null)]
    [InlineData("'requests.cpu':'1'", "'requests':{'cpu':'1'}", null)]
    [InlineData("'cpu':'1','memory':'1Gi'", "'requests':{'cpu':'1500m','memory':'2Gi'}",
        "exceeded quota: q, requested: cpu=1500m,memory=2Gi, used: cpu=0,memory=0, limited: cpu=1,memory=1Gi")]
    [InlineData("'limits.memory':'1Gi'", "'limits':{'memory':'2Gi'}",
        "exceeded quota: q, requested: limits.memory=2Gi, used: limits.memory=0, limited: limits.memory=1Gi")]
    [InlineData("'requests.x.io/gpu':'1'", "'limits':{'x.io/gpu':'2'}",
        "exceeded quota: q, requested: requests.x.io/gpu=2, used: requests.x.io/gpu=0, limited: requests.x.io/gpu=1")]
    [InlineData("'limits.cpu':'1','requests.memory':'1Gi'", "",
        "failed quota: q: must specify limits.cpu for: c; requests.memory for: c")]
    public void A_pod_fits_or_is_told_why_not(string hard, string resources, string? complaint)
    {
        Store(Quota("q", hard));
        Assert.Equal(complaint, Charge("a", resources));
    }

    [Theory]
    // What the pod asks for as a whole counts, and then its containers need not say what they do.
    [InlineData("'requests.cpu':'1','limits.memory':'1Gi'", "'requests':{'cpu':'1'}", null)]
    [InlineData("'requests.cpu':'1','limits.cpu':'1'", "'requests':{'cpu':'1500m'},'limits':{'cpu':'2'}",
        "exceeded quota: q, requested: limits.cpu=2,requests.cpu=1500m, used: limits.cpu=0,requests.cpu=0, "
        + "limited: limits.cpu=1,requests.cpu=1")]
    public void A_pod_is_charged_with_what_it_asks_for_as_a_whole(string hard, string resources, string? complaint)
    {
        Store(Quota("q", hard));
        Assert.Equal(complaint, Charge("{'apiVersion':'v1','kind':'Pod','metadata':{'name':'a'},'spec':{'resources':{"
            + resources + "},'containers':[{'name':'c','image':'i','resources':{'requests':{'cpu':'100m'}}}]}}"));
    }

    [Theory]
    [InlineData("'scopes':['BestEffort']", "", true)]
    [InlineData("'scopes':['BestEffort']", "'requests':{'cpu':'1'}", false)]
    [InlineData("'scopes':['NotBestEffort']", "'requests':{'cpu':'1'}", true)]
    [InlineData("'scopes':['Terminating']", "", false)]
    [InlineData("'scopes':['NotTerminating']", "", true)]
    [InlineData("'scopeSelector':{'matchExpressions':[{'scopeName':'PriorityClass','operator':'In',"
        + "'values':['high']}]}", "", false)]
    [InlineData("'scopeSelector':{'matchExpressions':[{'scopeName':'PriorityClass','operator':'DoesNotExist'}]}",
        "", true)]
    public void A_quota_with_scopes_is_about_the_pods_in_them(string scopes, string resources, bool isCounted)
    {
        Store(Quota("q", "'pods':'0'", scopes));
        Assert.Equal(isCounted, Charge("a", resources) is not null);
    }

    [Fact]
    public void What_is_admitted_counts_before_it_is_stored_and_no_more_when_it_never_is()
    {
        Store(Quota("q", "'pods':'2'"));
        Assert.Null(Charge("a", ""));
        Assert.Null(Charge("b", "", isDryRun: true));
        Assert.Null(Charge("b", ""));
        Assert.Null(Charge("b", ""));
        Assert.NotNull(Charge("c", ""));
        Store(Pod("a", ""));
        Store(Pod("a", "") with { Status = new PodStatus { Phase = "Succeeded" } });
        Assert.Null(Charge("c", ""));
        Assert.NotNull(Charge("d", ""));
        _now += TimeSpan.FromSeconds(11);
        Assert.Null(Charge("d", ""));
    }

    [Fact]
    public void A_new_quota_counts_what_is_there_and_a_changed_one_anew()
    {
        Store(Pod("a", "'requests':{'cpu':'1'}"));
        Store(Quota("q", "'requests.cpu':'1500m'"));
        Assert.Contains("used: requests.cpu=1", Charge("b", "'requests':{'cpu':'1'}"), StringComparison.Ordinal);
        Store(Quota("q", "'requests.cpu':'2'"));
        Assert.Null(Charge("b", "'requests':{'cpu':'1'}"));
        Assert.NotNull(Charge("c", "'requests':{'cpu':'1'}"));
    }

    [Fact]
    public void A_creation_that_exceeds_a_quota_is_forbidden()
    {
        var facts = AdmissionRun.FactsOf() with { Quotas = _ledger };
        Store(Quota("q", "'pods':'0'"));
        var pod = Pod("a", "");
        var run = new EntityRun(new PodDecider(), EntityKey.Of(pod)) { Facts = facts }.Send(new Create(pod));
        var status = Assert.IsType<Reply.Rejected>(run.LastReply).Status;
        Assert.Equal(
            (403, "pods \"a\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0"),
            (status.Code, status.Message));
    }

    [Fact]
    public void Claims_and_services_count_too()
    {
        Store(Quota("q", "'requests.storage':'1Gi','fast.storageclass.storage.k8s.io/requests.storage':'1Gi',"
            + "'persistentvolumeclaims':'1','services.nodeports':'1'"));
        Assert.Contains("fast.storageclass.storage.k8s.io/requests.storage=2Gi,requests.storage=2Gi,", Charge(
            "{'apiVersion':'v1','kind':'PersistentVolumeClaim','metadata':{'name':'c'},"
            + "'spec':{'storageClassName':'fast','resources':{'requests':{'storage':'2Gi'}}}}"),
            StringComparison.Ordinal);
        Assert.Contains("requested: services.nodeports=2,", Charge(
            "{'apiVersion':'v1','kind':'Service','metadata':{'name':'s'},'spec':{'type':'NodePort',"
            + "'ports':[{'port':1},{'port':2}]}}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'requests':{'cpu':'2'}", null)]
    [InlineData("'requests':{'cpu':'500m'}", null)]
    [InlineData("'requests':{'cpu':'2100m'}",
        "exceeded quota: q, requested: requests.cpu=1100m, used: requests.cpu=2, limited: requests.cpu=3")]
    public void A_pod_that_asks_for_more_is_charged_with_the_difference(string resources, string? complaint)
    {
        Store(Pod("other", "'requests':{'cpu':'1'}"));
        Store(Quota("q", "'requests.cpu':'3'"));
        Assert.Equal(complaint, Resize("'requests':{'cpu':'1'}", resources));
    }

    [Fact]
    public void A_change_that_was_admitted_and_never_stored_counts_no_more_after_a_while()
    {
        Store(Quota("q", "'requests.cpu':'3'"));
        Assert.Null(Resize("'requests':{'cpu':'1'}", "'requests':{'cpu':'3'}"));
        Assert.NotNull(Charge("b", "'requests':{'cpu':'2'}"));
        _now += TimeSpan.FromSeconds(11);
        Assert.Null(Charge("b", "'requests':{'cpu':'2'}"));
        Assert.NotNull(Charge("c", "'requests':{'cpu':'1'}"));
    }

    [Fact]
    public void The_status_follows_and_is_told_again_when_it_does_not_show()
    {
        var run = new ProjectionRun(new QuotaCounter());
        var quota = Quota("q", "'pods':'2'");
        run.Put(quota);
        run.Put(Pod("a", ""));
        run.Start();
        Assert.Equal("1", Assert.Single(Told(run)).Status.Used["pods"].ToString());
        run.EndBatch();
        Assert.Single(Told(run));
        var told = Told(run.SleepUntilWoken());
        Assert.Equal(2, told.Count);
        var shown = told[^1];
        run.Put(shown with { Metadata = shown.Metadata with { ResourceVersion = "2" } }).EndBatch();
        Assert.Null(run.WakesAt);
        run.Put(Pod("b", "")).EndBatch();
        Assert.Equal("2", Told(run)[^1].Status.Used["pods"].ToString());
    }

    private static List<ResourceQuota> Told(ProjectionRun run) =>
        [.. run.Told.Select(told => told.Message).OfType<Replace>().Select(replace => (ResourceQuota)replace.Object)];

    private static ResourceQuota Quota(string name, string hard, string more = "") => (ResourceQuota)AdmissionRun.Read(
        "{'apiVersion':'v1','kind':'ResourceQuota','metadata':{'name':'" + name + "','uid':'u','resourceVersion':'1'},"
        + "'spec':{'hard':{" + hard + "}" + (more.Length == 0 ? "" : "," + more) + "}}");

    private static Pod Pod(string name, string resources) => (Pod)AdmissionRun.Read(
        "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'" + name + "'},'spec':{'containers':[{'name':'c',"
        + "'image':'i','resources':{" + resources + "}}]}}");

    private void Store(KubeObject value)
    {
        var key = EntityKey.Of(value);
        var old = _stored.Find(other => EntityKey.Of(other) == key);
        _stored.RemoveAll(other => EntityKey.Of(other) == key);
        _stored.Add(value);
        _ledger.Observe(new ObjectChange(key, old, value, 1));
    }

    private string? Charge(string name, string resources, bool isDryRun = false)
    {
        var pod = Pod(name, resources);
        return _ledger.Charge(EntityKey.Of(pod), null, pod, isDryRun, _now);
    }

    private string? Resize(string from, string to)
    {
        var (current, resized) = (Pod("a", from), Pod("a", to));
        Store(current);
        return _ledger.Charge(EntityKey.Of(current), current, resized, isDryRun: false, _now);
    }

    private string? Charge(string json)
    {
        var value = AdmissionRun.Read(json);
        return _ledger.Charge(EntityKey.Of(value), null, value, isDryRun: false, _now);
    }
}
