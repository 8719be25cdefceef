using System.Text.Json;
using ActorOrchestrator.Api.Patching;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.Tests.Patching;

public sealed class ManagedFieldsTests
{
    private static ManagedObject ConfigMap => new("v1", "ConfigMap");

    [Fact]
    public void The_creator_owns_all_but_what_identifies_the_object() =>
        ConfigMap.Update("a", "{'metadata':{'name':'m','namespace':'n','labels':{'l':'1'}},'data':{'x':'1'}}")
            .AssertOwners("a Update 01 {'f:data':{'.':{},'f:x':{}},'f:metadata':{'f:labels':{'.':{},'f:l':{}}}}");

    [Fact]
    public void A_pods_creator_owns_its_containers_by_name() =>
        new ManagedObject("v1", "Pod")
            .Update("a", "{'metadata':{'name':'p'},'spec':{'containers':[{'name':'c','image':'i'}]}}")
            .AssertOwners("a Update 01 {'f:spec':{'f:containers':{'k:{\\'name\\':\\'c\\'}':{'.':{},'f:image':{},"
                + "'f:name':{},'f:resources':{}}}}}");

    [Fact]
    public void A_changed_field_goes_to_who_changed_it_and_its_time_with_it()
    {
        var map = ConfigMap.Update("a", "{'metadata':{'name':'m'},'data':{'x':'1','y':'1'}}")
            .Update("b", "{'data':{'x':'2','z':'1'}}");
        map.AssertOwners("a Update 01 {'f:data':{'.':{},'f:y':{}}}", "b Update 02 {'f:data':{'f:x':{},'f:z':{}}}");
        map.Update("b", "{'data':{'y':'3'}}").AssertOwners("a Update 01 {'f:data':{}}",
            "b Update 03 {'f:data':{'f:x':{},'f:y':{},'f:z':{}}}");
    }

    [Fact]
    public void A_removed_field_has_no_owner() =>
        ConfigMap.Update("a", "{'metadata':{'name':'m'},'data':{'x':'1','y':'1'}}")
            .Update("b", "{'data':{'x':null}}")
            .AssertOwners("a Update 01 {'f:data':{'.':{},'f:y':{}}}");

    [Fact]
    public void A_write_that_changes_nothing_leaves_the_owners() =>
        ConfigMap.Update("a", "{'metadata':{'name':'m'},'data':{'x':'1'}}")
            .Update("b", "{'data':{'x':'1'}}")
            .AssertOwners("a Update 01 {'f:data':{'.':{},'f:x':{}}}");

    [Fact]
    public void Subresources_are_managers_of_their_own()
    {
        var deployment = new ManagedObject("apps/v1", "Deployment")
            .Update("a", "{'metadata':{'name':'d'},'spec':{'replicas':1},'status':{'replicas':9}}")
            .Update("a", "{'status':{'readyReplicas':1}}", "status")
            .Update("a", "{'spec':{'replicas':2}}", "scale");
        deployment.AssertOwners("a Update status 02 {'f:status':{'f:readyReplicas':{}}}",
            "a Update scale 03 {'f:spec':{'f:replicas':{}}}");
    }

    [Theory]
    [InlineData("apps/v1", "Deployment", "{'f:metadata':{'f:annotations':{'f:a':{}}}}")]
    [InlineData("v1", "Pod", "{'f:metadata':{'f:annotations':{'f:a':{}},'f:labels':{'f:l':{}}}}")]
    public void Who_applies_a_status_owns_of_the_metadata_what_that_takes(string version, string kind, string owned) =>
        new ManagedObject(version, kind).Update("a", "{'metadata':{'name':'d'},'status':{}}")
            .Apply("b", "{'metadata':{'name':'d','annotations':{'a':'1'},'labels':{'l':'1'}},'spec':{}}",
                subresource: "status")
            .AssertOwners($"b Apply status 02 {owned}");

    [Fact]
    public void Who_applies_a_resize_owns_resources_alone() =>
        new ManagedObject("v1", "Pod").Update("a", "{'metadata':{'name':'p'},'spec':{}}")
            .Apply("b", "{'metadata':{'name':'p','labels':{'l':'1'}},'spec':{'containers':[{'name':'c','image':'i',"
                + "'resources':{'limits':{'cpu':'1'}}}]}}", subresource: "resize")
            .AssertOwners("b Apply resize 02 {'f:spec':{'f:containers':{'k:{\\'name\\':\\'c\\'}':{'f:resources':"
                + "{'f:limits':{'f:cpu':{}}}}}}}");

    [Fact]
    public void Who_applies_ephemeral_containers_owns_those_alone() =>
        new ManagedObject("v1", "Pod").Update("a", "{'metadata':{'name':'p'},'spec':{}}")
            .Apply("b", "{'metadata':{'name':'p','labels':{'l':'1'}},'spec':{'nodeName':'n','ephemeralContainers':"
                + "[{'name':'e','image':'i'}]}}", subresource: "ephemeralcontainers")
            .AssertOwners("b Apply ephemeralcontainers 02 {'f:spec':{'f:ephemeralContainers':{"
                + "'k:{\\'name\\':\\'e\\'}':{'.':{},'f:image':{},'f:name':{}}}}}");

    [Fact]
    public void A_manager_without_a_name_is_the_same_when_it_is_read_again()
    {
        var map = ConfigMap.Update("", "{'metadata':{'name':'m'},'data':{'x':'1'}}").Live!;
        Assert.NotEmpty(map.Metadata.ManagedFields);
        Assert.Equal(map, KubeJson.ReadObject(KubeJson.Encode(map)));
    }

    [Fact]
    public void An_update_takes_a_field_from_its_applier_too() =>
        ConfigMap.Apply("a", "{'metadata':{'name':'m'},'data':{'x':'1','y':'1'}}")
            .Update("b", "{'data':{'x':'2'}}")
            .AssertOwners("a Apply 01 {'f:data':{'f:y':{}}}", "b Update 02 {'f:data':{'f:x':{}}}");

    [Fact]
    public void One_empty_entry_resets_and_untracked_stays_untracked()
    {
        var map = ConfigMap.Update("a", "{'metadata':{'name':'m'},'data':{'x':'1'}}")
            .Update("b", "{'metadata':{'managedFields':[{}]},'data':{'y':'1'}}");
        map.AssertOwners();
        map.Update("b", "{'data':{'z':'1'}}").AssertOwners();
    }

    [Fact]
    public void A_client_that_drops_the_entries_does_not_lose_them() =>
        ConfigMap.Update("a", "{'metadata':{'name':'m'},'data':{'x':'1'}}")
            .Update("b", "{'metadata':{'managedFields':null},'data':{'y':'1'}}")
            .AssertOwners("a Update 01 {'f:data':{'.':{},'f:x':{}}}", "b Update 02 {'f:data':{'f:y':{}}}");

    [Fact]
    public void A_client_may_rename_an_owner_as_kubectl_does_when_it_moves_to_server_side_apply() =>
        ConfigMap.Update("kubectl-client-side-apply", "{'metadata':{'name':'m'},'data':{'x':'1'}}")
            .Update("kubectl", "{'metadata':{'managedFields':[{'manager':'kubectl','operation':'Apply',"
                + "'apiVersion':'v1','fieldsType':'FieldsV1','fieldsV1':{'f:data':{'f:x':{}}}}]}}")
            .Apply("kubectl", "{'metadata':{'name':'m'},'data':{'y':'1'}}")
            .AssertPart("data", "{'y':'1'}");

    [Fact]
    public void The_oldest_updaters_become_one()
    {
        var map = ConfigMap.Update("u0", "{'metadata':{'name':'m'},'data':{'k0':'1'}}");
        for (var i = 1; i <= 10; i++)
        {
            map.Update($"u{i}", $"{{'data':{{'k{i}':'1'}}}}");
        }

        var entries = map.Live!.Metadata.ManagedFields;
        Assert.Equal(10, entries.Count);
        Assert.Contains(entries, entry => entry.Manager == "ancient-changes"
            && entry.FieldsV1!.ToString() == "{\"f:data\":{\".\":{},\"f:k0\":{},\"f:k1\":{}}}");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{'f:a':{},'f:b':{'.':{},'f:c':{}},'f:d':{'f:e':{}}}")]
    [InlineData("{'f:l':{'i:3':{},'k:{\\'a\\':1,\\'b\\':\\'x\\'}':{'.':{},'f:c':{}},'v:\\'s\\'':{}}}")]
    public void Field_sets_are_read_and_written(string fields)
    {
        var json = RawJson.Parse(fields.Replace('\'', '"'));
        Assert.Equal(json, FieldSet.TryParse(json)!.ToJson());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{'a':{}}")]
    [InlineData("{'f:a':1}")]
    [InlineData("{'k:[1]':{}}")]
    [InlineData("{'v:{':{}}")]
    [InlineData("{'f:a':{},'f:a':{}}")]
    [InlineData("{'f:a':{'f:b':{},'f:b':{}}}")]
    [InlineData("{'k:{\\'a\\':1,\\'a\\':2}':{}}")]
    [InlineData("{'v:\\'\\\\ud800\\'':{}}")]
    public void Malformed_field_sets_are_refused(string fields) =>
        Assert.Null(FieldSet.TryParse(RawJson.Parse(fields.Replace('\'', '"'))));

    [Fact]
    public void Half_a_character_is_no_field_set() =>
        Assert.Throws<JsonException>(() => RawJson.Parse("""{"f:\ud800":{}}"""));

    [Fact]
    public void Keys_are_the_same_in_any_order()
    {
        var set = FieldSet.TryParse(RawJson.Parse("""{"k:{\"b\":2,\"a\":1}":{}}"""))!;
        Assert.True(set.Has(["k:{\"a\":1,\"b\":2}"]));
        Assert.Equal("[a=1,b=2]", PathElement.Show(set.Paths().Single()));
    }
}
