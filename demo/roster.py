"""The roster: 147 sites, a line each: region, body, platform/variant, columns, weight, peculiarities.

The body is a department of `demo.country.DEPARTMENTS`, or - for the portal of a government; columns are
p (政策文件), j (政策解读), n (通知公告). A peculiarity is of the site or, before @, of one of its columns:

gb2312     pages are GB18030 and say gb2312
soft404    who asks for what is gone gets the front page; lists go on naming it
pinned     an old row stands first
cap:N      the list ends after N rows but declares all
repeat     every page of the list shows the first
sublinks   相关解读 inside the rows
offsite    some rows are pages of the national portal
cross      some rows are pages of the site's first column
redirect   rows lead through visit/link.do
files      rows are PDFs

Families are about as common as in the field (2,614 columns of governments, 2026).
"""

ROSTER = """
yanshi - gov_cn pj 5 pinned@p
yanshi fgw trs pjn 1.6 pinned@p
yanshi kj ucap pj .8
yanshi gx jcms/jpaas pj 1.2
yanshi cz jcms pjn .9
yanshi rs trs/count pjn 1.2
yanshi jy trs/was5 pn 1.2
yanshi sthj trs/column pj 1.1
yanshi zj jcms/jpaas pn 1 repeat@n
yanshi jt trs/iframe pn 1
yanshi nync trs/two pj 1
yanshi sw jcms/bypage pn 1 offsite@n
yanshi wl ucap/static pj .8
yanshi wj trs/commented pj 1
yanshi mz trs/json pj .8
yanshi scjg jcms/jpaas pj 1.2
yanshi yj trs/iframe pj 1
yanshi sl trs pj 1 redirect@p
yanshi zr trs/fjdzapp pj 1
yanshi ylbz jcms/encrypted p .8 cap:45@p
yanshi sj index_pc pj .8
yanshi wx cac pj .9
yanshi jr nfra pn .9
yanshi ny ds_json pn .9
yanshi gz n_content pj .9
yanshi sjt n_content p .8
yanshi sws ucap/filelist pj 1
yunchuan - trs pjn 3 pinned@n
yunchuan fgw trs pjn 1 sublinks@p
yunchuan gx trs/count pn .9
yunchuan sthj trs/script p .8
yunchuan nync jcms pj .9
yunchuan kj ilist pn .8
hailan - ucap pjn 3
hailan fgw ucap/static pjn 1
hailan cz ucap/search_list pj .9
hailan sl ucap/hunan pn .8
hailan jy ucap/landing pn .8
jiakong - longxun pjn 2.4
jiakong kj longxun pn .9
jiakong jy trs/igs pn .9
jiakong wl trs pj .8 offsite@p
ninan - nfcms pjn 2.4
ninan gx gkmlpt pn .9
ninan rs gkmlpt pj .9
ninan jt nfcms pn .8
xujiang - pclist pjn 2.4
xujiang gx pclist pj .9
xujiang sthj pclist pn .8
xujiang cz jcms/xxgk p .9
xujiang fgw pclist pj .9
huanling - hebei pjn 2.2
huanling rs trs/shtml pn .8
huanling gz epoint pn .8
huanling fgw eportal pj .9
huanling wj jeecms pn .8
huanling zr trs/landing p .8
shifan - jcms pjn 1.4 pinned@p
shifan rs trs pjn .7
shifan jy ucap/static pn .7
yangli - ucap pj 1.3
yangli cz trs pn .7 gb2312
shapan - trs/irs pj 1.3
shapan zj trs pn .7 files@n
tuiyan - vsb pjn 1.3
tuiyan kj vsb pn .6
caipai - xa_publish pjn 1.3
moni - trs pjn 1.3
moni sw trs/two pn .7
suowei - ucap/hainan pjn 1.3
jingxiang - szinf pj 1.3
beifen - ucap/xinyu pn 1.3
biaoben - longxun pjn 1.2
lanben - longxun pj 1.2
lanben wj trs pn .7 cross@n
tuyang - trs/igs pj 1.2
chuxing - trs/json pn 1.2
yuanxing - nfcms pjn 1.2
zhanwei - gkmlpt pn 1.2
zhanwei nync gkmlpt p .7
yingzi - shanghai pjn 1.2
yingzi fgw shanghai pj .7
yingzi cz aspx p .8
caotu - pclist pjn 1.2
caotu jy epoint pn .7
yangzhang - finecms pjn 1.2
jiashe - rt pjn 1.2
beixuan - ankang pjn 1.2
yanlian - trs pn .7
lizheng - ucap p .6
jiadeng - trs pn .6 soft404
shidian - jcms pj .7 gb2312
shidian sthj ucap/static p .5
fangzhen - trs pjn .6
yideng - trs/count pn .6
bingdeng - trs pn .6
dingdeng - trs/two pn .6
wudeng - ucap/static pn .6
jideng - vsb pn .6
gengdeng - vsb p .6
xindeng - trs pn .6
juben - xa_publish pn .6
taici - xa_publish pj .6
pangbai - ilist pn .6
xugou - trs pn .6
rendeng - ucap/static pj .6
guideng - trs/count pn .6
zili - ucap p .6 cap:20@p
chouli - ucap/landing pn .6
yinli - trs pn .6
maoli - szinf p .6
chenli - truecms pn .7
sili - ucap/static pn .6
wuli - ucap/xinyu p .6
weili - trs pn .6
shenli - trs/commented pn .6
youli - longxun pn .6
xuli - longxun p .6
haili - trs pj .6
caogao - trs pn .6
caogao jy trs/two p .5
dichao - trs pn .6
chugao - jcms/uid pn .6
zhonggao - jcms/uid p .6
linmo - trs/shtml pn .6
moxie - trs pn .6 redirect@n
lianxi - gkmlpt p .6
tiankong - trs pn .6
panduan - nfcms pn .6
jianda - trs pn .6
mubu - ucap/static pn .6
bujing - trs pj .6 sublinks@p
daoju - pclist pn .6
liubai - jcms/xxgk p .6 cap:30@p
xuzhang - finecms pn .6
weisheng - finecms p .6
tuilun - rt pn .6
fanli - jeecms pn .6
jiading - ankang pn .6
jieyi - vsb pn .6
jieyi zr trs p .5
tuilun cz vsb p .5
beixuan rs trs pn .6
huanling sl trs pn .7
suowei fgw ucap p .6 cap:20@p
jiashe wj hebei p .5
chuxing scjg trs/iframe pn .5
"""
