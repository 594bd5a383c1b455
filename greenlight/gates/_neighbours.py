"""Words in an order that nobody writes: how much likelier two neighbours are in English than by chance."""

from __future__ import annotations

import zlib
from base64 import b85decode
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from greenlight.gates import _heard, _soup, _text, _tongues
from greenlight.gates._signs import Place, hidden

SMALL = sorted(
    _text.word_set(
        "about across after again all always am an and any are as at back be because been before both but by came can "
        "can't come could day did do does don't down each every everyone first for from get go good got had has have "
        "he help her here him his how i i'm if into is it its just keep know last let like little long made make man "
        "may me more most must my need never new no nobody not nothing of off old on once one only or other our out "
        "over own people put said see she should since so some something still take than that the their them then "
        "there they this three through time to too took two under until up us use very want was water way we went "
        "were what when where which while who why will with without would you your"
    )
)
"""The commonest small words, each a class of its own."""
ENDINGS = (
    "ing", "ed", "ly", "tion ion", "ment ness ity ance ence ism age", "est", "er or",
    "ous ful ive less able ible ic", "al ary ish ant ent", "ies es s", "y", "en", "e", "t", "n m l r", "d",
)  # fmt: skip
"""All others are told apart by how they end."""
OTHER, COMMA, STOP = range(len(SMALL) + len(ENDINGS), len(SMALL) + len(ENDINGS) + 3)
NOTHING = STOP + 1
"""The class of names, figures and whatever is no plain word: nothing is said of what stands beside it."""
SIZE = NOTHING + 1
STEPS, ZERO = 4, 12
"""Steps of the table for a factor of e, and the step at which neighbours are as likely as by chance."""
TABLE = zlib.decompress(
    b85decode(
        "c-qx{*^=Wp&uoOa@1*$t?|Kpdsl|59%y;o$oQ|35E|)D)B$h-X$vTeXaK|y_ukSx09G?G{Z}SoB<bTbs=~b`zJCC0Xc?(`{$C2<~$9HyLh<=*e"
        "O!Uu+`?=#ZbWcz3!M}?2;mCsq;U;e3@?o<}**g=AQ#R8@;_=UaY^ASskE8H^GPch@>G;<_^Qb>wl@G4#&J$nM=jF7@g+KrE0`kG}_$D6xn3ku>"
        "mi-aFL&Nkw-+A=)|2;;z7+&+1zN!3DZ~G1IuzPGN<JGE<oUCry_@L9_F~5CZxiq<P$@|mmGQM6{JGK!V>*@CD`qw+s%ar2Rx($AR%#WA+$yYQ<"
        "=GLy6m2b>Bb2|FENjRGKN#`TQ<HT6zHCB8!(m&#P)Qs=w1IBi_{bh)I`HpixUvQJ>b?kf3ditZNa*iXD;XC?pQu650(R|UhL$9SNd&KEV4!(zi"
        "R~}E5Q#j6(ZWAhBee`*)9bW0Fhx3^CbYDL`zicLpmC=_n?|YcUcEGDx>RRlx%9rw-^GrXizLsfII&-#3JZj2abGldXxiEOV%jV|s+o*#jr^oH+"
        "4cW<Rl!uwJUAz7^+}pygh2{YbwgEG-x-^;^mCDEe#h>}F?{NS8;~3K%{cM;*HG1}4?4zY@;$e&nKJ$$E;UY|-raW>(__QV#8+48cZb_vwN>L_d"
        "eOf&a*ik-0Dn3Nl)0pr_ZG*>O*}=(UpAl2s@S}F*f;lfGSLd}0_(mQ5^cl9_%*5Lj;wR#DN}(s0T}b#@tU1K;UgUqAm_Mf}-#;H>7xnp(a(o1V"
        "kIVhOZnejpZNRe%9<rx;bUaT)x?wX+5-B?y+;be}zM|=e@?uSuT^cJRe_QyE?VaA}OFR_WUu{@DHvT%x5EsLOk!>P$z}3tO44y(y<hX>J&wO@x"
        "sjFv?y~dnVF_fb`4TF7(2b$tCBO{(NGtbKqColF0ruuoPTIJ4pJ;SIJ%sAE@)@l5-<~6|-8&c!IMS=f}9`2{_8Ls>;eHrkmE=-Lmm2(KNq(~#k"
        "Ugpc*8K%55UAE64gfKNEAoCo}dtE2Ze^&gw`j`%1o^CxIM=V~5vtH}f9zLeZ8m+13P)1>{+~MNU9A6rKQ!slf*CU<sdEe9>*nDEJ@W|1KM|i82"
        "7=2C5`iPNqH+Tk)SRTR09MKZc(f9{aDJ@5O%!*C&*tL9^G)Aj!s=3O{&{*Pn(^~gui1Sz<eqLS3lj$9@da#wkkSX(GP|i@ccz1*tGXBFy`7w(d"
        "G)T&C<A_M(aU3&xeFtjCCNOwO70lWp-OS-?Ly9QX;s*5-7R`5#KIaAbBpEd<JnlZ{3qgg>cZ$<THYPX~4<bKoBu;u|&h$VrgYERZ-sJJ`w&ogB"
        ";+l4X3iCpg$Mx|KJG~O&b@lLg=_`N-y4Ns4UkL{RMIA1@!ij)Q&v(vWx1jNNHsxt&D2KuN;C)&yKkXm5@9dA^(Ar?>S|Y2@Voh$3kRQ=K?D+{<"
        "1jmH40K5Tr+`}F`LO7PX2MQp=R|=f1{HcKFQw|qun-TD{(rRwBknf*O8dc>F$2DDzV`sSlJ*|qwvUY?&P_~t;T_`bZ_lLj4eX|ma3UoKr05idX"
        "1MmqDO2QmX{z%poy%VF26U$t3@4od|y^0C<P=sVAEeQr?ho^|cFf+*mB#L2`25c?WFfme+ppcajK~Bs<B?Q(4oExm_v6rQiKO6WVrVk}X@~#@~"
        "oOLO<7!6@;q!z~7)t3vn>L-@-Z@a}eJ+72+1G%G7FlVqN%kSKv7gsIC?_g+rHc$T6_%8j*ylgj7oa&@Fb|P#B=S>L#;XfiyE7(bBbHzit3LEV+"
        "5MaW}{Q{Dt*~{&JN3;X5r35ZD<{xOm4k}bo;XUFCE*EH$IQMzBJhiXyQxYU?%MMiY8sL1P2f1a7^ZBlHrVt+AM~<=n174$ekiqnwugw$r%`0BL"
        "(GX%`B$s!9{W&(B^I!Ps*GS8HWfde9ws?NwA@>Ma$5q+=37ft~YUB%6ycO83GxJ2P;wg#NUN~F?>(}tk=Y<AR<Gx2&)fE!%N9?ulyPq<(ToFG4"
        "fiV|Ipn9jg2A?Dh5QrhK$0aL1X<-5?q_FC!@_fSV_Tr6?IUVi1LykXMt2w?V3zP7i!7eFnirb{Q=i7hH>G+su0K*v&N(rUpLiHaR?p)>sYjBvW"
        "dH5@%6hRqo4NezX8HaDnwYVeFr_E)SVNN5sdIbg``pv-5y9n<f6uC8IvTmMsc^*?H>Id;Aic5%F79(osH|DSZP~KD-OW9B1<L$Uo03%k1*P0T2"
        "Q#ny^aG{|Cbbit{^_po$p@96BhwrrKDNr7jkwi?3=LNXc7hUkMaYQ;vB!&lQnX{pQd17X)m#mc}rR9T*X2KNa@V8}@G1ssW=BIyVV5zK8aPjBt"
        "NXT}Meab5jtmd@VA(Tyq3^iBCM_o`~tj+u|s$HhHR|#{9kB>I#brahoi4J<0A>2+{be+mi%zsFpU;}|Kl=VaMC}d0>t@r;+l-jhw@d&zezM}BY"
        "itt~e)co?OldTBlMxqDmE!A!fM%rjGh|nNjs?s{2_MWUU1n{gp3uM|~v`POFNt5mVf%gxWR)(gEkP|Y-2g@#n*I%5m)fnTddh+Ei230z~65FF%"
        "+LnAlr^qHWUjZC%f0jidKA}KM50doY<(tnr9B)E)T|B&q!SyYww#X5s&(>Ub$)$=gWm|rS=KqZdS-|=6)_w)?{?`TUW&GnJd*Wx<nX1p(&)8JW"
        "eIRf@5O;d!?{<C<7amjk9l7go>TF@L{2-mm5!(kG`=EASOmKMIcV-St&O4N3Y6Y_P<ST=^-fZs?bC8Qdq1$D6?t_h1GJe8B{!uU5XLe$~*wf5%"
        "&LBIjE8pX(5SFY>+E0|l&P6i#8fwpZ1-0`|Gas34%`Z=99W{>i)Rl}=6TW6L6(E_Y+GZurr|yKa*Z_ecKt=vNlse}s?GDq!o(*J9x10#KfjJjM"
        "ELU0!HfVq7tR+7S-{WqCyxq3Et!>P4$`f(Mq{5jdv@f!JrAN=Rlv>aCbbJ1EPeiRHPIO4!sy=2KMj|Vf2s3$_+z^6GK2qw=!Y_zn`9(v2R-ECo"
        "$692{@i={yb=hN)RAt|Ez`U|7$Zd-Z*rcW&fQzVA#=FCC`*lJ^<cKc9@S02NKsfWnOfZ=m5P1Cj@_O$6)ZY5vfuVkSHt}W)ChvM<8Lhr^iU8jE"
        ";CqU@5qPBXj-M9bJRBVbU)ERH4x?Uo3(vv0_JKmx@oxn2O>@0G{jO(P438hqM_M-Wf=9NlxwL8!qiW45U+*cH9P>xB$UVNRNxt*xHI}fAl%5&S"
        "Qs2%Q_&Q1xD&&9q8?(>PMR7tcd52>8aE8&2Oip_cJoBRr@@`G#MH;SQhmm+>ftgY*44>*^`G7<F0>NK^jB$xPFDfIxXZ?dmAL>vt>S1aoDuZc6"
        "7%Rs%VRWV2cyUSF&~v9{_t!`*#~na&=IE#}R&0LUebKELY2=U>QTz!jYG-+KzL==+l{PrAbX-~!|JDrxRs#N}wJN97W$w{0oX5K*CbjnAg11Wg"
        "8(d3;71k)+pgc+x6XXF9#Qkm%d8L_-FoCI4KNzFdo2F53ckPZLthF(uX-Wdx5i08=*dsDl%FNSmTFoMJv^gKo@5^fVC^nQNeY<v*NKU9-j-e}U"
        "WcTLD&TCxs#VmJOeXiBSqQ0fAN6L@9k9VdZ?y<AbU4PvU93}9C!~0jrnhy*R7KiWy=eT3B{rjQ6Pz*)NS>lz55w8eG#Fjk}DHT|ln_#MbKn8uR"
        "a<<w0><e3UjfhCoHFy3ITYa<!z@W&S98%lGMU!Akyg{}!O3}qRa5j6#Kx)#eXljbRM~7sZd#OE8(bTvUMx7Q774+wD=_9nyxQ3B-T;kF=eNM^E"
        "5T^LEbPQtg{N7j1N6i$!s<9q+xveFp(APe4o0ZrY!nY+3o={(&H&4jya|I~one$G0Z4r|%?2p7psW#b|HZviV20y8hc?U!RQV5M;<heQ=VIlo0"
        "-5wfkM=;H(_S}eV<i9Iuf2kxs`>3xE%=Vs}J-O+l6ni65_rQuO)Xyjd+)&zRIpKfga$<h-B9i^5ZU9BqB=1SjaVH8VhF{Bj;yFmAcVwJWZRa)U"
        ">n*aDb>(WeW`bk1yA9;*Wj6>zgMn(Nu5Ki^$EzS(rmg3s1-g6W7;~+k+6;<Y#Qv4d4B~sUCgohyTUNxAO!%XXxf)!HWziBxP_sn<-Do_qQ!VGB"
        "nCa!WQ=s}2cbIQ5@%U$dEWQvZWjkAaytlsD*1p`m|F~a~-ldsbf@`i2@&X~@S#7Hi>B(bk3gJb9`lkhY;<i&clOX*#UXPR-eTelV=cKl!eMw@*"
        "%RA<vgkq?C&}7o;LeR(WCtF3xi*X#NIpTV5nde2Omn-Sq^x?x+3_m~;iht>txEyT1L_wUk;$d__CiN~WM~-nC-N^tg&{2^bEIgaqUZM$Vbm2cS"
        "Z*DH=()nk8^VPWX$U`I021F<tS<K^5NM^_t%~SD29SOj#4m^iC;v^E&?zO3r%06j?!tF<}1rZ+~@dTr-&Nka~bZ#2La4Qv+5veO8K4(1)u!IUF"
        "`(gz<t=Q$rJ&NasiK^1sM-{Z(0#!xTwA#ek6VRI)!)SsBVXGEkDxw}dx$mT=V&)_;x!+nFl#3f1nr+5-1k{*&{tt}g_#4~PrOS6b<yh~(<W>)3"
        "96NiqRiwPDDI|$8&sImTsY!7J=Zf1-=awz`m0iN(b34r$>Rro;w0?F~uX><dkLJWA<|Aqnp_MpVvLMTjnEOrp05Q5dzvj}tG_JFb$&b0Q)RQ0m"
        ">SJKc{#mv3@(`z$4+^HPcwrfq&c{2Nz%+gW0^5xndwKrS+7-OZGNMU{G#aLEflueFSFpPC&!s0*+H^7X0Fk>q+{NrqF8I`iHgShJqcH3rcG9I`"
        "x%CVBL&riHaqePvMv+<>DN3kI+wzBAsk$G9a{s*Q1&e9v%1;f=OgFmn7l<%oio|h=QLT5>I~h}vheda#*NLc8%{fwRA?0=D@`uuKH+$bLHU3w8"
        "!|lYQaj%6OpW`1%E|9Mv|BGvsc<bNIbc9Oo0iJ3C{r-}8hR*6cemQ1V#gIH_tp#~8-IhXeyW)MkZJ%KkiZ$jo8npmnH})V2g@55%m9FA4w&<fn"
        "xIA5H6d)12bFS-_<dt!AQG1@U6l}LqmAmozlT<09C|RwNf9k>zoz-`V!c}Zo&n9d@Xe|z3fuD12sfLhUm9}O%Bw-_GRI%q2J_H<(_>?Y1X8J>e"
        "*hG8uwt|)2;;!)e(~^X%*x7+45C~`mbDdI=$j?lgJyw0*zSU<vJsSw?w)H$7s>La+F-qu0;|iQn-^4Uk7LxdDxiR0j;%{6E5{1ek>O)bS%Gqr9"
        "9@}<57WQ3Zwqt&@t>bx%<qj&zm?q|t5La3EFnNlT^jg}g3RYBNVsqbD5pn2wtgcd)Ehb?B-Ls0mL-*BTSmwr;H&=yfmcHyy9)GVosfhDuh!e*N"
        "l&^#*NFVk1MG<kp!dLBGl^YU=WOxL3Z|K}wv2xRkGe7$Ko?p!?IStXP-JM;3oAjFf)!(NIpxi%~sPzt!?hHtUR5*J=wt3_X+&@Vrj5}!rg+%;g"
        "iA;(4%f^W)IEe`{gn~Sg(WbK?C(T<A#j(jyFF-|YP?X@kj$#w1C2uG}2KEG{^BfL--&pk}U7sUV)X7xC(tCzwvcP*4bI#HFQu5Ul3#;P3!b_Ht"
        "sFUK%?=UNDIFk<QPgQ*0eGB@FK~vnU=<a1N9fkko368biz=W7X4V+qY(ZR%gnVY$2+=pEM3ZtfM&hxkU^xdvGpA_NzQf*1?q^~;#9(BBt0@bRd"
        "9wpuhINDG@LNBIw{_dOJkG$-31;A?*t-X~9^%)bc*b$HXnH)Y5ZT>1T8%xj#Y0iSsA6)*chjp2OSv`o~3N>+`%MPZ!tUJiK?Qi=C7t<Yo@fQ`j"
        "9|+O*)__zRH*e>qE2TC5v9F_F0Bc#DyJ*RmyOKPqq;{;9N*(W+nhU3MJE-3Ah@R&w^TMmhXHC-1Vmd7nQ(*LVOY?vNqKE@LF`(NpW6!Cj_+9`<"
        "eHz9c?GkF-lPz<JL`9l0=FatGMsct2${<rXtGR92IZ8%h8uF~rFxECr$<zd?w+H=<=H+XO|HB`1E$AO&k@Dwu8oy!;$|ykgjxwr@+7)XiqI)zw"
        "X@d1_c&z)UPq&xHSrLC9(v-LY@1>(rC`ZltxQ2dqR#9?L6P)vR7m34hEILQntg2CU2SnJ`O;0107V^`Vu3q%KtjK*@+K>2jkrKBcQoq|o<NK5L"
        "&h*csaizFxM?_`eX$agnC?^0;q%y6k8Oyvo=+b*1Y6AZi%b8E5WAn$p=ZS{}G8&?Ny&5}++--1e$y>Tkj{TH2on?aFDS=`{fzLR_KvT4rQX%wG"
        "kU3K?y5v@4>V_)5#P4+VhE3KdF|Z`TDGBLVY2^wprFpZJ*M_sa)?rC1{MBf*H+qo{Ix9P5?$`8+G|7nEW7U{&VimLsB$<pGRMefN-kYK7YEQ_>"
        "RMELEB5IKf)af@h5Drk(kfVnqN=}QO;gXE-wxuCrq{f3P3K4)o$FjeSa=~yN+nkTp2j|C#CCn~OR2d6al_X{exy77MPbBInEc-QEdhIrRx(qoT"
        "Z&L7`d52jf5y3O5MZ$5UXHC)8kcn1DzF_qf-Q8(wW8`vmcr60o9b?q5_~D+}`=b$LK4V;8E7X3fKfW*h=In_gZ?+eT;w7}%Ent^(j<vn#Vf4Cf"
        "+mZ%S;S$xVx3CW{#?@ws61tseh>Q1PYm2#;O+t4@V^B@qEP4n0qrt04^~w$^vK{L<T>*X?xVXz9dgn3qwip{Y?@RR>nE+vF^#($7KVI=qP(V|g"
        "ze>IN6~6riAIxPEtZxxRz7fGCck-)_0z7Zm#A~gNSZl+`&kYxJh~f}{T8_dewQW;DCE^f)yr>Z(>jC+JsO1PF?uj=%@RV|644IV5DZt?fyhhbU"
        "S2qRkG`Y5=%~>&WN@-Ha!ZrOs)p7!6v>3<CCFO+GFBQ1IVEAzlAQL|uR#%G{3%7nEB%VoxYLR}u5btp}D9Vyn=c~FiUS#z$zvsoyvqHo3o*=*4"
        "LxY}>TqMjSbznJkB=s&z29(dS#DK~)0S;uQX-;7L$Rri2`YbWqwJuu~yeE=WFY&)+38yt_W>Sn?z3b-cmh)QH=SuD357LxOrg?mZ*+*tVVZ<};"
        "h7cKRsx}exiQ2w3>XW9}`hZW-7M{XSSucr!dwJscM6BUQU+tSok;+p(-Sf+S=T6-5NGe@?tKw%eDZg*!sLVQ5@H!r-`Tom}!}Knv|LM<ya^+tn"
        "cd`%{%!*&3Y_v&gxmm~QTA@t~6rCE|X71DlWqveL2)WRAZ-K7lHig7|qnk!I9)G=OSKX4gk|_M#J5Lr|i>TXl#bi!OV1BYP=`dVFwNh+=olpm%"
        "S{B7v+M4E^X_e}I4FjMoU(3=<X4%5<6ie+~LI#?a->9twlC2IVK68}w*ZAYJctJcJZU)!+ak<+<i?zBO)DmG_?z+=lTx(KxX#fSvQD0f2ew9qz"
        "eLw$N&hcW|^6qH<HmmYw6`d-Z53xLXEHM$NmU@Y;japFfW65h^HQ0Gc#0zi>QC;IW8Nlj7-(6$~r%wCeow%8an0iVcWA4Kdf+2P=75V`T$W4)%"
        "N*(}AWHwuLgF;l1|Bco?ZEd1G-Z5!~0xIT|i<Cxo<8mX@@`TUfJ;T)tmoau__sHdYs|Z)y*?-CzxJ=|WFYpSDH(lcBPikw?z{ujX??9<FH=2-^"
        "xgwAHv6F1m2n<WBVuFwbUdC>-FqS{wJSh{E*5+1!E4w5^?kwvD%)grBfr&1EwC>5l9Rv>uv@%oVqG-dHzNXseWKd=K*bbK3Ngb;}^59pSv|Tdf"
        "w5!tn?Dy6Z?z}6e+E!_H6Ch`RF%8D^{Ui*+k8T{tAvk~jS#Z|DDkLX_A@9aRSUEq{5?1W>veu(L+6cq#-r7po^_$fY`5pIv+|8YwSL=nPqqeZd"
        "a*xzqI)I0Bu00_)+w&xO12wqvQ^FCC@kB;l!h*eyGU&9`RP-h<#`|lk3h%x100+^UOsVzP4sPe_XIxQNT9wjFu%-)-dFnd^nXO*6A0$%RQ#8|-"
        "WBK<x9@`MLxl)N;O>ql5jg$%;!BoT7PrP44w8FF*FVe<gYS9_0g=oLSq@7Ep0JtUAcTiynq(#+BkCZo@r>)aRTp7F-tZ}LE1WFruk~LG=&)VNk"
        "MabY?Bx}=*s@_xiqmf9}nQ-Bl{WI^!!~PMb%_Vo8*Z1a&zN*_Q`elguIOZKm=5e=x&*O2t$C!`Bm2x#w^!5dTJQLFdfSb3VQ{AGiEyUcIJxT(_"
        "WbG{{=iOr28#(9Gf{%7w!k#NUY;B6LB-H$h!eX8;`kcMrvHUBYGXN9!5{ggPJ{8h?IU*`V5Huo!vx|MROvGokGbbiD&SQ!8BcY2YEd-R$jq9;D"
        "{%q0NLMU2@N-uszvip{}P6&Gyg@Bn!TM^BnI&jLI(K9Q#car%2mD&5V`FcEe<&C#?XRPyXcFjmfvdo(xa;#3zO}adhdoP3MzOQ)YZZfD)WY0_r"
        "pz?_<6m&UBG^ErmtQfZ+;{!2MZ(((uNvDb!&s{{Oy;``oBGH8@_41x*9#JgPjySF>1_A?#PcPArYO!o77~PNZPU((nBku|-I{fiV+k--dAVn3?"
        "FKv(pyc~6EHyzLc%vQm;T^*_760qpAnKFAYh7?w(85y5ZzD5^QohqToQ~m^cEYWhmt~Eyj1}n<M(pjrPnP2mUw2m@pP9qr=6;B%gB(d~Z6JTja"
        "CFNrHAa7q7@Qu*IPd0Sk2{b%-h?6Vv`K`seE}!=_Q+0U>6|aEObUe>F2=vb}&a)rKf2mIXp(JTb4DtQ)ZZntva?SaTV+kWpS7y#F71s6P?<O#z"
        "=EwrenL2P%lQ#VTuuK$92>m#g%&-K4Jc!y{w`N$TNK1=!^u)n*v209uqrjX*eZ}BJ8|v8(_@PW5D>v5J0T@FX%v~8Dk&yz-fH%GRu=ahyFc{*P"
        "zFH!vWe<YcvfG*pAC!xg`g2+LOy$+oY!hQ01K?4YR2_~KSk6s*7#eR~F`l{tzGkEPBrT~rTy8Ngsqf69wMvC4N*8(#!AI?LaoGp_MFg!YL@k&x"
        "y_FK(&=%0JC{L19#3fLO4~yHf(_M@*4Y-w(q;|FsyW_^RedRt|S089~^>?qUhnyY4hSO@Tk>aXDvgx=K{8s+XXGNIlx9DV?1lm7Tog|7Pt`KV|"
        "s*d^GN3f6JXt{}_h4YuGu6xYKj)zKp76d&{r{K7NT8TYMiEa^aIu+XMFJ*CNY;1{t>4zMR6-4GLU7@Ai;=ogOpuNL)35i`Ptwmt_e};fOU0QqJ"
        "6PHh6&%gI5?opw)bI#geAGTqr$f)`5X683jav!E}2QdG;%_jwH`iOPx0sF`Hr?@*Gzl2@1+H?j(#hOo}mDiy}-ftTB;+u7cXB|~PwsPO%%~xMO"
        "_eUyPz~+UI`M@(PXUxD{s{bT`H>pjtaXRMjh^2CwrrYu{P11IVxEZ61lcIy)3ZBHGNPUl!AW*=YOZwV6$fT)6di)j3ZZvSABSjcXY)g?*ZI4pd"
        "4sPmThJ-{Gd25j7%>#ha*7lRxbJmDmCluTiF7Ibx{3T|YNy56FK4d$m&R%MoA`C{d>ebskqFXe9qi&CrQ^VlL9Mu%>ZH~J%@^<$c0VilXWOc=4"
        "4?BISMBb|CZxZd#WcF&PjUTMwOQ7-}|JcTDG1Ps1#@1TTl?8t8b+PhKVuLKoV4A`FbdLPA(Ye)0rC%?GCAnH#aow@V)n94W+?(J0a~yUd>2m9h"
        "kNfl(-YVu+O>|Go?dj{P=S6L=eU|h{{&8?uy1FLn*TTtu0k^~-E+S`nW6RV5WtPiP^iuw6m3+g6{th2A&WBXz&Gz)qxk;ZY2RHeFNMfZP<}kk`"
        "h<b@)tVzxQ9y`&EeT0jTk;WHBDtq79K0V^<vWgBO?1C?aI}D92wbSRMGiH`W)sM$`h;i$}161bPAct%bK1Z4%A$j91SuNP-<Nz@F(yp09JS3t4"
        "0l}59$z^7MpH3H>r(<=Jl@okWIC<XTqAG9OY`FKN4YFN2?y}Li%QO>MtxnXmz!8?{Qx__qgw<rFTIVAYs&vklHHdnVlXK|xo+3_egcs_rgJdnF"
        "Hlppa?XsMuait(?u3Z1zbHNOc8|^akl=v(SI(5$+&Dlgvin`v3YEN3X9}%6qwEjEZ#B<xFK>HOEri|aA(r)cric>F@TlyBsT(0G(SB#lS%S%d0"
        "i*)c0`}fD|AM+0pSN(N1&-@=thwqjJok_@DNtouGo(^r>nkWM6wjMu^?0Pn*=Q?S`wGZizG<GgP#m@H_95du~HOJ!dI$P*F&-k!ZI3|eDi%QQ^"
        "<+7T(S=~*LN4(=xq88JOLM1LxK&Rs&Ln{F|mNraeH^Lc^rvcTezes`v!4RF{X;@o~HA`wxfkY;dn6Qu|MioD17=y_JWbRsh<%5tiwQ-hoyLO>x"
        "9nn>sbTaG5Oygr1-P5#Y3s+Dti>teKaFSri5Nhh&9yoND&B!s^)ghbQQI<newh)gd+@PW&4nZ-#k+O}p#-`3kaRlj-Qed{98Typ!=FVs*xm>yV"
        "|M+c)qX3g}T;0b&?n`oqIk8#HcxysF1x)$T;9{!3l_ANyy_9@}j8JP&GOdTwGz^x)Kh1v3Os0U+<&@Y{F53&&0cqZ^%dF$O)Ehew`QgfV`rxB$"
        "4%G>j(hhE=Q!Ryid`n$>Jhb}fd!F)pGul2XDaXI)g1M#Hv)?n7>{T?-afh=!Nv=mrEC?XaSF+J?jjV|2J^bq7ty7J^I8@$_+pZV%BS<2BtPLSS"
        "w2DmI2gln@^FE1A@n3rnhbaG5qjYaS=(DYH6^}AAqpDJk57(3fq5`#{&tsobclZ-N>6oh9sze~>;;O9Oi5T)YeV1XbcCrC@o3z)G>iaHa{7zSj"
        "+6C=46Y066+c5~n_`p#>Cz%qpmXG7c<r`xYne&_<X<^DNQQospA+~J9q-rw`X(#d--TOq*xjPjG)~_e~ty^M_!Xf6a-MH^py@b(2`(m_Hmmo)?"
        "@VKHVtL+LBA^~sv0CrVWP4(gkZVi$%!sV64W5CroJe<<zcdUfx{&k(!zjj4BKE(Q-<1~<mmXIhqtsjWKe{QFwa;`MaLjB5?b$Ta<zcO2Uhu0aG"
        "?a8%d&+KkTkr0n}#>U;B5S^!5`=f;{x<{ILx1VvE#Ngo^HKtrbymxU%{a@1YDSQkIT=K61{sWVQV;vQ`W{rJQ<V)%oX+UGqTa8auc!0|e7OJcc"
        "FB6!L*o28hJQ(@fWJsOZId>MKV`YdsqvJ%{CC|;zt*WO^%kD#3<VM|Fp~^F!0wq)LQF@!ww4kIg*Pg1O50cBJ<4K&HyYN0(f4g>peVh`)2Z@s!"
        "xu#zl5Yp^_BQhJ;bqxi}xVKd6d-~@ys3ww4rbl_Dt1&&xsXJ1Hhy@ZGVhMJb`-CY>?(FrH?5F)wJf3w1Ik#bT@Xkk0y*5FZg|7XOoEjc|K@!Wb"
        "Q2ClM>fsdLvOq2w$f#2YJ?Ok*@p$OR-*r^~(CVL4AXnhlwOUw-8UUoWtgC%<oJkbM>BSlq28|?!Bd~oucTcag324~m%)y5my{Cj7d<psXsPjJp"
        "-FcsS`$884Af89K)%=Sth+$kiD(l}Eo3kvQDF!;Ru|%u(4sJJZ>D}|ww~x*K00us->KsTcU%hBAXQu5-TxDb0`m-cbPp4i&hmq%39WnVtR9|Rs"
        "q_rcW*gtIUbc6^DP#dIu<5;;E3OiGq5-LqYVhug1#r5XZbP9E*Ec-bpp$;`WZMf%(*l5B%7GbGntQVpMwTpuw%tU*1V{~*7%t>8jnEs^mnQXR`"
        "c`VdUM$twtg#JcnbjJ^6SNmD_JdP@B-?dTxp`oAG!q50`y_0<0ySVSvqci4e(0{elj$`6Id!&AQjm_k<9bUoJ_*hdUW|faZ2T_SySOKgUELQb+"
        "+=j*MhE*cY5OSo5rwBktm#c1`H;A5tmp-Wwa;067)GS7Y9ER(-TJD2d^sETS{pi<4U_GNn^=u3IQ}8HFW2A#xd(NW_1b~<fT#oR+lt9-ch3xg*"
        "a)d*jW0Keru)0$Dp^n9o(O#)6I!QX5w8L>>pzP!X2wV>IOBia+Bmk-LRD_pM*V0)fa-=iq2nx*&NiFF_{X@}d{L#5!Q^+aDUQqF&EG1e)Cp_#C"
        "5O`bE#^SQJWMtk-#%*ghef=g1AJ=Jwtf>radr?u-gG3h^OHp}O2<*%Pz!fgg!db}?0v2gF+9qE`TxqkXtcm*!=XFk1`C8~nNz_S`nj_UwXO={U"
        "hv_A-i64b5*$cskAr;v>pZhvnjx^SFtP}Fn(|+}4RC^Aw`7LOpgMpc<8VsUT*tzxMr=sv5q@Jy#I64PK(P5%Gc^jPevG?5iXo>1i1lU5GVhduf"
        "2@+ihx)^G4@v&6HElo47bau-}imG$br{?xHI_Ah3mh8}4D@+$1z|4n<BUB_lE4t9{H<3-lYtux|p<pF?%XB)b2V4jqnWQ@3ydRuR*RRo_&hcs~"
        "20G5M?>6HU8b~)G2lIo1tdHMv(DfYvvP{%&Q1(N|w)&}Fj!l*ALMw&tmQiVRxN9IqL<xnCxvwd=^Q2?Oatwuj$BD|*#5^q3l&<!o4D1-0+UKNP"
        "o;)!nAlVmy2WKN`0E6d!4FIZYU{RWjyi<s(cG6>%Lm5KYg*uVix}av}4T&}D?t8Gl7mIhOXs3+|w^OJXdW$)EPrt*$TW3==5x1iQ^;+%5c_I&d"
        "Txx^B?6lAKmVTZ_woKc(TuN{o%R9R|ZT+yZT~^BNumWcqtZt(y4_qwCv?w}2j-=bn1Gb^IOqH8H6j#kCF~+0=;$XHFF)Ag*P1tF0J<7?hrVFP+"
        "O;6M@s(K>@tu2+#1?7&kODs}{O9eS)F(^{mHCP>O&N!4c=EThF7U+x%+P|bxhkDG5Iee#>#m4}9Ld*#06m^4T`8ce$4N^B%OJ^aB7ILJ+gma|)"
        "-*d&kBi-3e)Fa4xJp;QWI&{h+P~)v7wUG*)WL9jbxntNmoi4Rhyw}}!QgNg+5a&tTm~3l)B%iyDol=HUE>7eF<d6~Ivd+Un=#)_3dT*g{dm^6>"
        "E(1f1wZ;s%SIAzR!Fr=`ju9iBtSeW!k_w#;r^UDv?U_r&6S=5K_kq>1s+~l9MMb@=NbPSv$uH5t&(<3){WnsNRUKBN*(OKbCf&qWV^dy}lpDo6"
        "?Wrjuw<rkx^j#+XGo~vkBqcKXY!GBaqyZr!0JOqWi2Xwr(7gJzSnQ*)MCJoxpaEn$mjYJKDTU5>_cl=!a`YccQ|H%y6-U36g}pz^mRMgR9#0`("
        "dZvFJwL$~XDx&V8wdX^Q;j8qbZ3Q_e`oIDlpnacbair-*?##6Mh-SIKxsL8V9NW@?o`z3NGMII|fe%x$$iQTMK2`ig@zG-liw)k&I!=BH+DMFW"
        "NWb1Gs|ZAdd~Qv_Ggf3f#L9*s02qK_+w2J7MU>t|Fe07DJ_^D7f>8m0Wb!C{CHDMGgMw@cDg(FTbIy0nd<vKYTrJWWUYKM}dIsD040=nO5)$pM"
        "r8WfMnnR^asfT+C3dp4fK3<Wb8uE5D31}nhj0w`nlVKt?Q+jR)dcNTS;Sfl@8Bwibh%pruQ#x2+8c(Z7QL4a%S!IO(a!+(?Uu!ZN27t90#Af6M"
        "J8*^7nZY8`(54ATNs6SUrbYM|tv-T+rK9;Vn@-Lx#P~G@0Hu7?Nmt|^gipjs-HgYb5ebY*gq#r3YyeoQ05?WsHZgD@1R$G0l7u!gULy7-7Fczo"
        "!;;{Ch)S9nYOknsMN{Lf;)0{+lY|joC(6D1H#T6FJVFC+XN9FXjXEuo+AhnPkTjqZ@9!l6>}jM;lt%{l8I933EE5Zp3CH0zEIYzO@-<p4fTn#X"
        "bOt6uKe-`^G;1NTOAoQa(MV5cA_+2GY&BpSV^x|GT($sq_++7vAtBiqkh2kAvep{&f!M8JB>@F)qbLO{32>%tHSyq7b>L?aGly?VRRBszNN`WY"
        "Mr8R4yTZ4?Pu@@pz{0|AXh;aIl#|O$ZbS<DG0mc3;+~>=(}1BVX9{8z`<>5pV8{vALlUYmwHAGaA!-DqdSp~|2sR{b=c0sUcKw9+<cUx^_*bn>"
        "VD|!q)J&(-kuq;?M07n#^mnE}#6Daa@f1-NkP(aTneEZF(fLsb@|G~{iI0w~aMO%@9}sO?>PTsvF2h84Ks|h-u!nP%uH4kgprB8{XMLDRiUH3j"
        "t>x@hWljEpa?7>qD9GX#W55`-qCHkvU0pS;%%lbu%7Qja@a{e&<oR2d{{Q*&{{RgkkSq"
    )
)
"""For each class what it is worth that each other follows: the logarithm of how often it does, in the clean English of
``benchmarks/fixtures`` and the 2,000 stories of ``shared/data/green-light``, over how often it would if words stood
in no order. Made by ``benchmarks/salad_table.py``."""
CLASSES = {word: at for at, word in enumerate(SMALL)}
ENDS = tuple((tuple(ends.split()), len(SMALL) + at) for at, ends in enumerate(ENDINGS))
HALF, DOUBT = 16, 32 * ZERO - 24
"""Half of the neighbours that the first look takes together, and the sum under which they are looked at again."""
ALLOWED, SURE, FEWEST = 0.25, 50, 16
"""Steps that each two neighbours may lack; the lack, added up, at which words stand in no order, and so many of them
at least."""
MARKS = {**dict.fromkeys(".!?…", STOP), **dict.fromkeys(",;:—–", COMMA)}
LONGEST = 40
JOINS = _text.word_set(
    "neither although unless whom during despite throughout wherever onto moreover whose upon because therefore however"
    " than nor whether hence while since until which and or but if of the seldom likewise between under by from with"
)
"""What joins words, and is nothing by itself."""
LISTED = frozenset("-–—=:→")
"""Marks that stand by themselves in short lines of a list: a word, and what it means."""


def kind(word: str) -> tuple[int, int]:
    """The class of a word, and of the mark after it, or ``NOTHING``."""
    bare = word.rstrip('"”’)*_')
    mark = MARKS.get(bare[-1:], NOTHING)
    bare = bare.rstrip(".!?…,;:—–").lstrip('"“‘(*_').replace("’", "'")
    small = bare.lower()
    if small in CLASSES:
        return CLASSES[small], mark
    if not bare.isalpha() or not bare.isascii() or not bare.islower() or len(bare) == 1 or len(bare) > LONGEST:
        return NOTHING, mark
    return next((at for ends, at in ENDS if len(bare) > 4 and bare.endswith(ends)), OTHER), mark


def _worth() -> npt.NDArray[np.uint8]:
    """What each class is worth after a word of each class with each mark behind it: class and mark × class."""
    table = np.frombuffer(TABLE, np.uint8).reshape(SIZE, SIZE).astype(np.int64)
    marked = [table[:, mark, None] - ZERO + table[mark] for mark in (COMMA, STOP)]
    return np.stack([*marked, table], axis=1).clip(0).astype(np.uint8).reshape(3 * SIZE, SIZE)


WORTH = _worth()


def code(word: str) -> int:
    """Of its class and the mark behind it: a row of ``WORTH``."""
    own, mark = kind(word)
    return 3 * own + mark - COMMA


def worth(codes: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    """What each word after the first is worth after the one before it; ``ZERO`` where nothing is known. ``codes``: of
    the words."""
    return WORTH[codes[:-1], codes[1:] // 3]


def disorder(body: str, codes: npt.NDArray[np.int64], longest: int) -> Place | None:
    """Where words begin to stand in no order. ``codes``: of the words of the text, as they are written. ``longest``:
    letters of the longest."""
    if len(codes) <= FEWEST or longest > 10 * LONGEST:
        return None
    filled = np.full(HALF * ((len(codes) - 1) // HALF + 2), ZERO, np.uint8)
    filled[: len(codes) - 1] = worth(codes)
    halves = filled.reshape(-1, HALF).sum(1)
    if int((halves[1:] + halves[:-1]).min()) > DOUBT:
        return None
    at = 0
    lack, begun, count = 0.0, -1, 0
    row: list[str] = []
    for line in hidden(body).splitlines(keepends=True):
        spoken = line.split() if line.count("|") < 2 else []
        spoken = spoken if len(spoken) > (8 if LISTED.intersection(spoken) else 6) else []
        place = at
        for word, one in zip(
            spoken, b"%c%b" % (ZERO, worth(np.asarray([*map(code, spoken)])).tobytes()) if spoken else b"", strict=True
        ):
            place = line.find(word, place - at) + at
            lack = max(0.0, lack + ZERO - one - ALLOWED)
            if not lack:
                begun, row, count = -1, [], 0
            else:
                begun = place if begun < 0 else begun
                row.append(word)
                count += one != ZERO
                if lack >= SURE and count >= FEWEST:
                    if _is_english(row):
                        return Place("words that make no sentence", (begun, place + len(word)), 0.7)
                    lack, begun, row, count = 0.0, -1, [], 0
            place += len(word)
        at += len(line)
    return None


def _is_english(row: Sequence[str]) -> bool:
    """Whether words that stand in no order are English ones, and many."""
    bare = {*_tongues.stripped(word.lower() for word in row)}
    known = bare & _tongues.ENGLISH
    if len({*_soup.TECHNICAL.findall(" ".join(bare))}) > 1:
        return False  # words of a program, spoken of
    if len(bare) < max(8, 0.4 * len(row)) or len(bare & _tongues.ABROAD) >= max(1, 0.3 * len(known)):
        return False
    return len(known) >= 0.15 * len(bare) or _heard.language(" ".join(row))[0] == "en"


def strung(body: str, count: int) -> Place | None:
    """Words one by one, in lines or after commas, and among things such as join sentences. ``count``: words."""
    if count < 12 or body.count(",") + body.count("\n") < 0.7 * count:
        return None
    said = body[:4000].strip().lower().replace(",", "\n").split("\n")
    items = [one.strip(" .;*-") for one in said if one.strip()]
    if len(items) < 12 or sum(map(str.isalpha, items)) < 0.9 * len(items):
        return None
    joins = JOINS.intersection(items)
    if len(joins) < 3 or len(joins) > 0.4 * len({*items}):
        return None
    return Place("words that make no sentence", (0, len(body)), 0.7)
