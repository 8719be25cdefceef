using System.Net;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Coordination;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Discovery;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Domain.ApiServers;
using ActorOrchestrator.Domain.Tests.Projections;

namespace ActorOrchestrator.Domain.Tests.ApiServers;

/// <summary>What there is of the API itself, by the Leases of the members that serve it.</summary>
public sealed class ApiServerObjectsTests
{
    private static readonly EntityKey ServiceKey = new("services", "default", "kubernetes");

    private readonly ProjectionRun _run = new ProjectionRun(new ApiServerObjects("PEM"))
        .Put(new Namespace { Metadata = new ObjectMeta { Name = "kube-system" } });

    [Fact]
    public void The_authority_of_clients_is_there_from_the_start_and_stays_true()
    {
        _run.Start();
        var map = Assert.IsType<ConfigMap>(Assert.Single(Settle()));
        Assert.Equal(("kube-system", "extension-apiserver-authentication", "PEM"),
            (map.Metadata.Namespace, map.Metadata.Name, map.Data["client-ca-file"]));

        _run.Put(map with { Data = ValueMap<string>.Empty }).EndBatch();
        Assert.Equal(map, Assert.Single(Settle()));
    }

    /// <summary>One line an object; loopback addresses are nobody's endpoints.</summary>
    [Theory]
    [InlineData("10.0.0.1:6443",
        "endpoints kubernetes 10.0.0.1:6443|slice kubernetes IPv4 10.0.0.1:6443|service kubernetes 443->6443")]
    [InlineData("10.0.0.2:6443 10.0.0.1:6443", "endpoints kubernetes 10.0.0.1,10.0.0.2:6443"
        + "|slice kubernetes IPv4 10.0.0.1,10.0.0.2:6443|service kubernetes 443->6443")]
    [InlineData("10.0.0.1:6443 10.0.0.2:7443", "endpoints kubernetes 10.0.0.1:6443 10.0.0.2:7443"
        + "|slice kubernetes IPv4 10.0.0.1:6443|slice kubernetes-ipv4-7443 IPv4 10.0.0.2:7443"
        + "|service kubernetes 443->6443")]
    [InlineData("10.0.0.1:6443,[fd00::1]:6443", "endpoints kubernetes 10.0.0.1,fd00::1:6443"
        + "|slice kubernetes IPv4 10.0.0.1:6443|slice kubernetes-ipv6-6443 IPv6 fd00::1:6443"
        + "|service kubernetes 443->6443")]
    [InlineData("127.0.0.1:7000", "endpoints kubernetes |service kubernetes 443->7000")]
    public void The_service_has_the_members_that_serve(string members, string expected)
    {
        _run.Put([.. members.Split(' ').Select((addresses, i) => Held($"m{i}", addresses))]).Start();
        var objects = Settle().Where(each => each is not ConfigMap).ToList();
        Assert.All(objects, each => Assert.Empty(Validator.Validate(each)));
        Assert.Equal(expected, string.Join('|', objects.Select(Show)));
    }

    [Fact]
    public void A_member_that_is_silent_leaves_and_one_that_renews_stays()
    {
        _run.Put(Held("a", "10.0.0.1:6443"), Held("b", "10.0.0.2:6443")).Start();
        Settle();
        _run.Now += TimeSpan.FromSeconds(20);
        _run.Put(Held("b", "10.0.0.2:6443")).EndBatch();
        _run.Now += TimeSpan.FromSeconds(11);
        _run.EndBatch();
        var lease = new EntityKey("leases.coordination.k8s.io", "kube-system", "apiserver-a");
        var deletion = Assert.IsType<Delete>(_run.Told.Single(told => told.To == lease).Message);
        Assert.Equal(("uid-a", "7"),
            (deletion.Options.Preconditions!.Uid, deletion.Options.Preconditions.ResourceVersion));
        Settle();
        Assert.Equal("10.0.0.2", Assert.Single(((Endpoints)Get("endpoints")).Subsets.Single().Addresses).Ip);
        var slice = (EndpointSlice)Get("endpointslices.discovery.k8s.io");
        Assert.Equal("10.0.0.2", slice.Endpoints.Single().Addresses[0]);
    }

    [Theory]
    [InlineData(-10)]
    [InlineData(+10)]
    public void A_member_whose_clock_is_another_stays_while_it_renews_and_no_longer(int minutes)
    {
        _run.Put(Held("a", "10.0.0.1:6443")).Start();
        foreach (var _ in Enumerable.Range(0, 6))
        {
            _run.Now += TimeSpan.FromSeconds(10);
            var lease = Held("a", "10.0.0.1:6443");
            var skewed = new MicroTime(_run.Now + TimeSpan.FromMinutes(minutes));
            _run.Put(lease with { Spec = lease.Spec with { RenewTime = skewed } }).EndBatch();
        }

        Assert.DoesNotContain(_run.Told, told => told.Message is Delete);
        _run.Now += TimeSpan.FromSeconds(31);
        _run.EndBatch();
        Assert.Contains(_run.Told, told => told.Message is Delete);
    }

    [Fact]
    public void A_slice_of_a_port_that_nobody_has_any_more_goes()
    {
        _run.Put(Held("a", "10.0.0.1:6443"), Held("b", "10.0.0.2:7443")).Start();
        Settle();
        _run.Put(Held("b", "10.0.0.2:6443")).EndBatch();
        var gone = _run.Told.Where(told => told.Message is Delete).Select(told => told.To.Name);
        Assert.Equal(["kubernetes-ipv4-7443"], gone);
    }

    /// <summary>What was not running could not renew.</summary>
    [Fact]
    public void After_a_pause_of_the_whole_cluster_members_have_their_time_again()
    {
        _run.Put(Held("a", "10.0.0.1:6443"));
        _run.Now += TimeSpan.FromHours(1);
        _run.Start();
        Assert.DoesNotContain(_run.Told, told => told.Message is Delete);
        Assert.Equal(4, Settle().Count);
    }

    [Fact]
    public void What_was_deleted_or_changed_is_restored()
    {
        _run.Put(Held("a", "10.0.0.1:6443")).Start();
        Settle();
        var service = (Service)_run.Get(ServiceKey)!;
        _run.Remove(service).Put((Endpoints)Get("endpoints") with { Subsets = [] }).EndBatch();
        Assert.Equal(["endpoints kubernetes 10.0.0.1:6443", "service kubernetes 443->6443"], Settle().Select(Show));
    }

    /// <summary>Does what was asked for.</summary>
    /// <returns>The objects that were made or mended.</returns>
    private List<KubeObject> Settle()
    {
        var written = _run.TakeTold().Select(told => told.Message switch
        {
            Create create => create.Object,
            Replace replace => replace.Object,
            _ => null,
        }).OfType<KubeObject>().ToList();
        _run.Put([.. written]).EndBatch();
        Assert.DoesNotContain(_run.TakeTold(), told => told.Message is Create or Replace);
        return written;
    }

    private KubeObject Get(string resource) => _run.Get(ServiceKey with { Resource = resource })!;

    private Lease Held(string id, string addresses)
    {
        var lease = ApiServerLeases.Of(id, "now", "host", "node", addresses.Split(',').Select(IPEndPoint.Parse));
        return lease with
        {
            Metadata = lease.Metadata with { Uid = $"uid-{id}", ResourceVersion = "7" },
            Spec = lease.Spec with { RenewTime = new MicroTime(_run.Now) },
        };
    }

    private static string Show(KubeObject value) => value switch
    {
        Service service => $"service {service.Metadata.Name} {service.Spec.Ports[0].Port}->"
            + service.Spec.Ports[0].TargetPort,
        Endpoints endpoints => $"endpoints {endpoints.Metadata.Name} " + string.Join(' ', endpoints.Subsets.Select(
            subset => $"{string.Join(',', subset.Addresses.Select(address => address.Ip))}:{subset.Ports[0].Port}")),
        EndpointSlice slice => $"slice {slice.Metadata.Name} {slice.AddressType} "
            + $"{string.Join(',', slice.Endpoints.Select(endpoint => endpoint.Addresses[0]))}:{slice.Ports[0].Port}",
        _ => value.Kind,
    };
}
