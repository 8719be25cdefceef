using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.ReplicaSets;

namespace ActorOrchestrator.Domain.Tests.ReplicaSets;

public sealed class PodRankingTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Each row: what decides, then two pods of which the first goes first. A pod is written as
    /// node phase ready(seconds ago, - for not) cost restarts sidecar-restarts created(seconds ago).</summary>
    [Theory]
    //           decided by                      goes first                 stays
    [InlineData("no node before a node         | -  Pending -   0  0 0 50  | n1 Pending -   -9 9 0 50")]
    [InlineData("Pending before Unknown        | n1 Pending -   9  0 0 50  | n1 Unknown -   0  9 0 50")]
    [InlineData("Unknown before Running        | n1 Unknown 10  9  0 0 50  | n1 Running -   0  9 0 50")]
    [InlineData("not ready before ready        | n1 Running -   9  0 0 50  | n1 Running 10  0  9 0 50")]
    [InlineData("lower cost                    | n1 Running 50  -1 0 0 50  | n1 Running 10  0  9 0 50")]
    [InlineData("ready later                   | n1 Running 10  0  0 0 50  | n1 Running 20  0  9 0 50")]
    [InlineData("ready at an unknown time      | n1 Running ?   0  0 0 50  | n1 Running 20  0  9 0 50")]
    [InlineData("more restarts                 | n1 Running 10  0  3 0 50  | n1 Running 10  0  2 9 50")]
    [InlineData("more restarts, both not ready | n1 Running -   0  3 0 50  | n1 Running -   0  2 9 50")]
    [InlineData("more restarts of sidecars     | n1 Running 10  0  3 2 50  | n1 Running 10  0  3 1 10")]
    [InlineData("created later                 | n1 Running 10  0  3 2 40  | n1 Running 10  0  3 2 50")]
    public void The_first_difference_decides(string row)
    {
        var cells = row.Split('|');
        var (first, second) = (Claim("b", cells[1]), Claim("a", cells[2]));

        Assert.Equal(["b"], Uids(PodRanking.FirstToGo([first, second], 1, minReadySeconds: 0, Now)));
        Assert.Equal(["b"], Uids(PodRanking.FirstToGo([second, first], 1, minReadySeconds: 0, Now)));
    }

    [Fact]
    public void Of_pods_alike_the_one_on_the_more_crowded_node_goes_although_it_was_ready_earlier()
    {
        PodClaim[] pods =
        [
            Claim("a", "n1 Running 10 0 0 0 50"),
            Claim("b", "n2 Running 40 0 0 0 50"),
            Claim("c", "n2 Running 30 0 0 0 50"),
        ];

        Assert.Equal(["c", "b"], Uids(PodRanking.FirstToGo(pods, 2, minReadySeconds: 0, Now)));
    }

    [Fact]
    public void A_ready_pod_that_is_not_yet_available_goes_before_an_available_one_whatever_its_cost()
    {
        PodClaim[] pods = [Claim("a", "n1 Running 60 -5 0 0 90"), Claim("b", "n1 Running 10 5 0 0 90")];

        Assert.Equal(["b"], Uids(PodRanking.FirstToGo(pods, 1, minReadySeconds: 30, Now)));
        Assert.Equal(["a"], Uids(PodRanking.FirstToGo(pods, 1, minReadySeconds: 0, Now)));
    }

    [Fact]
    public void A_pod_that_never_reported_goes_before_all_others()
    {
        PodClaim[] pods = [Claim("a", "- Pending - 0 0 0 50"), new PodClaim("b", "pod-b")];

        Assert.Equal(["b"], Uids(PodRanking.FirstToGo(pods, 1, minReadySeconds: 0, Now)));
    }

    [Fact]
    public void All_go_when_none_is_to_stay() =>
        Assert.Equal(2, PodRanking.FirstToGo([new PodClaim("a", "a"), new PodClaim("b", "b")], 2, 0, Now).Count);

    private static IEnumerable<string> Uids(IEnumerable<PodClaim> claims) => claims.Select(claim => claim.Uid);

    private static PodClaim Claim(string uid, string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new PodClaim(uid, "pod-" + uid)
        {
            IsConfirmed = true,
            Observation = new PodObservation
            {
                Node = words[0] == "-" ? null : words[0],
                Phase = words[1],
                IsReady = words[2] != "-",
                ReadySince = words[2] is "-" or "?" ? null : Now.AddSeconds(-int.Parse(words[2])),
                DeletionCost = int.Parse(words[3]),
                RestartsMax = int.Parse(words[4]),
                SidecarRestartsMax = int.Parse(words[5]),
                CreatedAt = Now.AddSeconds(-int.Parse(words[6])),
            },
        };
    }
}
